"""All sources, found by looking into `parsers/sources/`: to add one, add a file."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import parsers.sources
from parsers.generic.reader import WEB
from parsers.source.definition import Source


def sources() -> Mapping[str, Source]:
    """Name -> source, sorted by name; only those that could be loaded."""
    return _load()[0]


def broken() -> Mapping[str, str]:
    """Name -> error, of the modules in `parsers/sources/` that could not be loaded."""
    return _load()[1]


@cache
def _load() -> tuple[Mapping[str, Source], Mapping[str, str]]:
    found: dict[str, Source] = {}
    faults: dict[str, str] = {}
    hosts: dict[str, str] = {}
    for module in sorted(pkgutil.iter_modules(parsers.sources.__path__), key=lambda info: info.name):
        try:
            source = _load_source(module.name)
        except Exception as error:  # a broken source must not stop the others
            faults[module.name] = f"{type(error).__name__}: {error}"
            continue
        taken = next((host for host in source.hosts if host in hosts), None)
        if taken:
            faults[module.name] = f"host {taken} is claimed by {hosts[taken]} already"
            continue
        hosts |= dict.fromkeys(source.hosts, source.name)
        found[source.name] = source
    return MappingProxyType(found), MappingProxyType(faults)


def _load_source(name: str) -> Source:
    source = getattr(importlib.import_module(f"parsers.sources.{name}"), "SOURCE", None)
    if name == WEB:
        raise ValueError(f"the name {WEB} is that of hosts without a source: name the file otherwise")
    if not isinstance(source, Source) or source.name != name:
        raise ValueError(f"parsers/sources/{name}.py must define SOURCE = Source(name={name!r}, ...)")
    return source


def by_name(name: str | None) -> Source | None:
    """The source of that name."""
    return sources().get(name) if name else None


def by_host(host: str | None) -> Source | None:
    """The source of a host, or else of the closest domain above it."""
    while host:
        name = _hosts().get(host)
        if name:
            return sources()[name]
        host = host.partition(".")[2]
    return None


def by_content(text: str) -> Source | None:
    """The source that recognises a text capture; None if two do, since a guess could misfile it."""
    matches = [source for source in sources().values() if source.recognises(text)]
    return matches[0] if len(matches) == 1 else None


@cache
def _hosts() -> Mapping[str, str]:
    return {host: source.name for source in sources().values() for host in source.hosts}

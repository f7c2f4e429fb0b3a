"""All sources, found by looking into `parsers/sources/`: adding a source changes no list."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import parsers.sources
from parsers.source import Source


@cache
def sources() -> Mapping[str, Source]:
    """Name -> source, sorted by name.

    Raises:
        ValueError: a module's SOURCE is missing or is named otherwise than its file, or two sources claim one host.
    """
    found: dict[str, Source] = {}
    hosts: dict[str, str] = {}
    for module in sorted(pkgutil.iter_modules(parsers.sources.__path__), key=lambda info: info.name):
        source = getattr(importlib.import_module(f"parsers.sources.{module.name}"), "SOURCE", None)
        if not isinstance(source, Source) or source.name != module.name:
            raise ValueError(f"parsers/sources/{module.name}.py must define SOURCE = Source(name={module.name!r}, ...)")
        for host in source.hosts:
            if hosts.setdefault(host, source.name) != source.name:
                raise ValueError(f"host {host} is claimed by {hosts[host]} and {source.name}")
        found[source.name] = source
    return MappingProxyType(found)


def by_name(name: str | None) -> Source | None:
    """The source of that name."""
    return sources().get(name) if name else None


def by_host(host: str | None) -> Source | None:
    """The source of a host: the host itself, else the closest domain above it."""
    while host:
        name = _hosts().get(host)
        if name:
            return sources()[name]
        host = host.partition(".")[2]
    return None


def by_content(text: str) -> Source | None:
    """The source that recognises a text capture; None also where two do, since a guess would misfile it."""
    matches = [source for source in sources().values() if source.recognises(text)]
    return matches[0] if len(matches) == 1 else None


@cache
def _hosts() -> Mapping[str, str]:
    return {host: source.name for source in sources().values() for host in source.hosts}

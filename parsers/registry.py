"""All sources: a file each in `parsers/sources/` and in folders of users, and what installed packages offer."""

import dataclasses
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin

from selectolax.lexbor import SelectolaxError

import parsers.sources
from parsers.generic.reader import WEB
from parsers.page.html import Tree
from parsers.source.definition import Layout, Source

Offers = tuple[tuple[str, str], ...]  # of packages: name of a source, and `package.module:SOURCE`
_HOST: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")  # as hosts stand in parsed addresses; else it never matches
_COUNTRY: Final = "[a-z][a-z]"  # a folder of sources, unless it is a package: one source in several files
_NO_PAGE: Final = Tree("")  # to try selectors on
_folders: list[str] = []
_offers: list[tuple[str, str]] = []


class Broken(NamedTuple):
    """Where a source is that cannot be loaded, and why not."""

    place: str
    error: str


def look_in(folders: tuple[str, ...], offers: Offers) -> None:
    """Look for sources in these folders (absolute) and offers too, and at no place that was named before."""
    if looked_in() == (folders, offers):
        return
    _folders[:] = folders
    _offers[:] = offers
    _load.cache_clear()
    _hosts.cache_clear()


def looked_in() -> tuple[tuple[str, ...], Offers]:
    """The arguments of `look_in` that make another process know the same sources."""
    return tuple(_folders), tuple(_offers)


def sources() -> Mapping[str, Source]:
    """Name -> source, sorted by name; only those that could be loaded."""
    return _load()[0]


def parser_versions() -> dict[str, int]:
    """Source -> version in the rows that its parser makes now."""
    return {name: source.parser_version for name, source in sources().items()}


def broken() -> Mapping[str, Broken]:
    """Name -> what could not be loaded; under its place where another source has the name."""
    return _load()[1]


@cache
def _load() -> tuple[Mapping[str, Source], Mapping[str, Broken]]:
    found: dict[str, Source] = {}
    faults: dict[str, Broken] = {}
    places: dict[str, str] = {}
    hosts: dict[str, str] = {}
    for name, place, load in _candidates():
        taken = places.setdefault(name, place)
        try:
            if taken != place:
                raise ValueError(f"the name {name} is taken by {taken}")
            source = _checked(name, load())
            for host in hosts.keys() & set(source.hosts):
                raise ValueError(f"host {host} is claimed by {hosts[host]} already")
        except (Exception, SystemExit) as error:  # a broken source must not stop the others
            faults[name if taken == place else place] = Broken(place, f"{type(error).__name__}: {error}")
            continue
        hosts |= dict.fromkeys(source.hosts, source.name)
        found[source.name] = source
    return MappingProxyType(dict(sorted(found.items()))), MappingProxyType(faults)


def _candidates() -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Name and place of all that may be a source, and how it is loaded; of two of one name, the first has it."""
    for folder in (*parsers.sources.__path__, *_folders):
        countries = sorted(path for path in Path(folder).glob(f"{_COUNTRY}/") if not (path / "__init__.py").exists())
        for parent in (Path(folder), *countries):
            country = parent.name if parent in countries else None
            for module in pkgutil.iter_modules([str(parent)]):
                place = parent / (module.name if module.ispkg else f"{module.name}.py")
                yield module.name, str(place), partial(_source_at, place, country)
    for name, offer in _offers:
        yield name, offer, partial(pkgutil.resolve_name, offer)


def _source_at(place: Path, country: str | None) -> object:
    """Load it by its file, since a country's code may be a keyword, and a source may be called like one: `de/fr.py`."""
    spec = spec_from_file_location(
        f"{parsers.sources.__name__}.{place.stem}", place if place.suffix else place / "__init__.py"
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{place} is no Python file")
    sys.modules[spec.name] = module = module_from_spec(spec)  # what a package imports of itself is looked up there
    spec.loader.exec_module(module)
    source = getattr(module, "SOURCE", None)
    if not isinstance(source, Source) or country is None:
        return source
    if source.country not in (None, country):
        raise ValueError(f"country={source.country!r} is not that of its folder, {country}")
    return dataclasses.replace(source, country=country)


def _checked(name: str, source: object) -> Source:
    if name == WEB:
        raise ValueError(f"the name {WEB} is that of hosts without a source: name it otherwise")
    if not isinstance(source, Source) or source.name != name:
        raise ValueError(f"there must be SOURCE = Source(name={name!r}, ...)")
    for part in (source, *source.layouts, *source.text_layouts, *source.discovery):
        _require_sound(part)
    for host in source.hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host!r} is no host: write 'paper.example', without https:// and in lower case")
    if source.recognises(""):  # it would claim the text captures of all others
        raise ValueError("its signature finds every text")
    return source


def _require_sound(declared: Any) -> None:
    """Refuse values of other types than are declared, which no type checker has seen, and selectors that are none."""
    for field in dataclasses.fields(declared):
        value, hint = getattr(declared, field.name), field.type
        # Most fields are left at their default: comparing 10,000 of them is half of what loading our sources costs.
        if value is field.default:
            continue
        said = f"{type(declared).__name__}: {field.name}={value!r}"
        if not _fits(value, hint):
            wanted = hint.__name__ if isinstance(hint, type) and not get_args(hint) else hint
            raise TypeError(f"{said} is no {wanted}")
        is_selector = field.name != "name" if isinstance(declared, Layout) else field.name == "links"
        if is_selector and isinstance(value, str):
            try:
                _NO_PAGE.css_first(value)
            except SelectolaxError as error:
                raise ValueError(f"{said} is no CSS selector") from error


def _fits(value: object, hint: Any) -> bool:
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_fits(each, get_args(hint)[0]) for each in value)
    if get_origin(hint) in {Union, UnionType}:
        return any(_fits(value, each) for each in get_args(hint))
    return isinstance(value, int | float if hint is float else get_origin(hint) or hint)


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

"""What `newslake sources` says of sources."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final

from parsers.source.definition import Source
from parsers.source.discovery import WHOLE_HISTORY, Discovery, OwnLists

NO_COUNTRY: Final = "no country stated"


def matching(sources: Iterable[Source], text: str, country: str | None, language: str | None) -> list[Source]:
    """Those with a text in what they are called, of a country, and in a language whatever its region."""
    return [
        each
        for each in sources
        if text.casefold() in " ".join((each.name, each.title, *each.hosts, country_of(each))).casefold()
        and (country is None or country.lower() == each.country)
        and (language is None or language.lower() == language_of(each))
    ]


def grouped(sources: Iterable[Source]) -> dict[str, list[Source]]:
    """Country and language -> sources, in the order of the names of countries."""
    keyed = sorted((country_of(each), language_of(each), each.name, each) for each in sources)
    groups: dict[str, list[Source]] = {}
    for country, language, _, each in keyed:
        groups.setdefault(f"{country}, {language}", []).append(each)
    return groups


def country_of(source: Source) -> str:
    """Its country, by English name and code."""
    code = source.country
    return f"{_countries().get(code, 'no country of the list')} ({code})" if code else NO_COUNTRY


def language_of(source: Source) -> str:
    """Its language without script and region."""
    return source.language.partition("-")[0]


@cache
def _countries() -> dict[str, str]:
    lines = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8").splitlines()
    return {
        code.lower(): name for code, _, name in (line.partition("\t") for line in lines if not line.startswith("#"))
    }


def finds(source: Source) -> str:
    """Where a source lists what it publishes: `2 feeds, sitemap`."""
    counted = Counter(_kind(declaration) for declaration in source.discovery)
    return ", ".join(kind if number == 1 else f"{number} {kind}s" for kind, number in counted.items()) or "-"


def horizon(source: Source) -> str:
    """How far back that reaches, in a few words."""
    if not source.discovery:
        return "-"
    if OwnLists() in source.discovery:
        return "as listed"
    if source.horizon_days >= WHOLE_HISTORY:
        return "all days"
    return f"{source.horizon_days} day" + "s" * (source.horizon_days > 1)


def described(source: Source, interval: float) -> dict[str, Any]:
    """All of it as plain values, for `--json`."""
    as_declared = ("name", "title", "hosts", "country", "language", "timezone", "verified", "horizon_days")
    return {name: getattr(source, name) for name in as_declared} | {
        "version": source.parser_version,
        "layouts": source.layout_names,
        "discovery": [_declared(declaration) for declaration in source.discovery],
        "article_url": source.article_url.pattern if source.article_url else None,
        "interval_seconds": interval,
        "fault": None,
    }


def _declared(declaration: Discovery) -> dict[str, Any]:
    values = {field.name: getattr(declaration, field.name) for field in dataclasses.fields(declaration)}
    plain = {name: value.pattern if isinstance(value, re.Pattern) else value for name, value in values.items()}
    return {"kind": _kind(declaration).replace(" ", "_"), **plain}


def _kind(declaration: Discovery) -> str:
    """`news sitemap` for a NewsSitemap."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(declaration).__name__).lower()

"""What `newslake sources` says of a source."""

import dataclasses
import re
from collections import Counter
from typing import Any

from infra.lake.lake import Lake
from infra.store.object_store import ObjectStore
from parsers.record.article import NULL_PARTITION
from parsers.source.definition import Source
from parsers.source.discovery import WHOLE_HISTORY, Discovery, OwnLists


def last_days(store: ObjectStore) -> dict[str, str]:
    """The last day of publication that has landed, by source, from one listing."""
    return {name: day for name, day, _ in Lake(store).partitions() if day != NULL_PARTITION}  # sorted: the last stays


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


def described(source: Source, interval: float, last_day: str | None) -> dict[str, Any]:
    """All of it as plain values, for `--json`."""
    return {
        "name": source.name,
        "title": source.title,
        "hosts": list(source.hosts),
        "language": source.language,
        "timezone": source.timezone,
        "version": source.parser_version,
        "layouts": source.layout_names,
        "discovery": [_declared(declaration) for declaration in source.discovery],
        "article_url": source.article_url.pattern if source.article_url else None,
        "interval_seconds": interval,
        "horizon_days": source.horizon_days,
        "last_day": last_day,
        "fault": None,
    }


def _declared(declaration: Discovery) -> dict[str, Any]:
    values = {field.name: getattr(declaration, field.name) for field in dataclasses.fields(declaration)}
    plain = {name: value.pattern if isinstance(value, re.Pattern) else value for name, value in values.items()}
    return {"kind": _kind(declaration).replace(" ", "_"), **plain}


def _kind(declaration: Discovery) -> str:
    """`news sitemap` for a NewsSitemap."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(declaration).__name__).lower()

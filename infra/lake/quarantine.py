"""The quarantine for people: what was rejected, why, how often, and since when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import REJECTS
from infra.lake.query import ALL, Selection
from infra.lake.rejects import RejectState
from infra.store.object_store import ObjectStore


@dataclass(frozen=True, slots=True)
class RejectGroup:
    """Rejections of one source for one reason, with the times of the first and the last capture."""

    source: str
    reason: str
    count: int
    first: datetime
    last: datetime
    example: str | None  # address of the latest that has one


def rejects_in(store: ObjectStore, selection: Selection = ALL, *, closed: bool = False) -> Iterator[dict[str, Any]]:
    """Rejections as the table's columns with `source`, by source and capture day; a partition is held at a time."""
    lake, footers = Lake(store), Footers(store)
    partitions = selection.of(store, REJECTS)
    if not closed:
        footers.read_ahead(info for _, _, info in partitions)
    for name, day, info in partitions:
        if not closed and not footers.read(info).open_rejects:
            continue
        for row in lake.read_partition(name, day, REJECTS).to_pylist():
            if closed or row["state"] == RejectState.OPEN:
                yield {"source": name, **row}


def grouped(rejects: Iterable[dict[str, Any]]) -> list[RejectGroup]:
    """Rejections by source and reason; the most frequent reason of each source first."""
    groups: dict[tuple[str, str], RejectGroup] = {}
    for row in rejects:
        key, at = (row["source"], row["reason"]), row["captured_at"]
        known = groups.get(key) or RejectGroup(*key, 0, at, at, None)
        example = row["url"] or known.example  # they come in the order of their captures
        groups[key] = RejectGroup(*key, known.count + 1, min(known.first, at), max(known.last, at), example)
    return sorted(groups.values(), key=lambda group: (group.source, -group.count, group.reason))

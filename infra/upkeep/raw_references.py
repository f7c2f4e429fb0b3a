"""What points into the raw layer: rows of the lake, and revisit records whose bodies lie in other objects."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from infra.archive.raw_archive import REVISIT_DAYS
from infra.archive.raw_objects import RawObject
from infra.lake.footers import Footers
from infra.lake.lake import Lake, PartitionId
from infra.lake.partition import ARTICLES, REJECTS, TableKind
from infra.store.object_store import ObjectStore

# What has gone out of use is deleted this long after. Whoever looked up where a capture lies, and has not yet landed a
# row that points there, had done so before: no task, reader or plan of a reparse lives that long.
GRACE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PartitionRef:
    """A partition of one of the lake's tables."""

    kind: TableKind
    partition: PartitionId


class RowReferences:
    """Which partitions have rows that point into which raw objects. Footers are read once for each version."""

    def __init__(self, store: ObjectStore) -> None:
        self._lake = Lake(store)
        self._footers = Footers(store)
        self._footers.load()

    def by_object(self) -> dict[str, list[PartitionRef]]:
        """Partitions by key of the raw object, as things are now.

        Raises:
            NewslakeError: a partition is damaged, so that nobody knows what it points to.
        """
        found: defaultdict[str, list[PartitionRef]] = defaultdict(list)
        for kind in (ARTICLES, REJECTS):
            partitions = list(self._lake.partitions(kind=kind))
            self._footers.read_ahead(info for _, _, info in partitions)
            for source, day, info in partitions:
                for uri in self._footers.read(info).capture_uris:
                    found[uri].append(PartitionRef(kind, (source, day)))
        return dict(found)


def deletion_order(candidates: Iterable[RawObject], others: Iterable[RawObject]) -> list[RawObject]:
    """Those candidates that no revisit record needs which stays, each after all whose revisits refer to it.

    Args:
        candidates: objects that nothing else needs.
        others: all other objects that may have revisits of captures in the candidates.
    """
    left = {each.key: each for each in candidates}
    referred = {each.key: _originals(each) for each in (*left.values(), *others)}
    order: list[RawObject] = []
    while free := left.keys() - set().union(*referred.values()):
        for key in sorted(free):
            order.append(left.pop(key))
            del referred[key]
    return order


def revisiting_days(day: date) -> list[date]:
    """Later capture days with revisits of what was captured on a day."""
    return [day + timedelta(days=after + 1) for after in range(min(REVISIT_DAYS, (date.max - day).days))]


def _originals(each: RawObject) -> set[str]:
    return {entry.original.uri for entry in each.entries if entry.original} - {each.key}

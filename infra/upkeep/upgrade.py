"""What an older newslake wrote is written as this one does: readers take the schema of one file for that of all."""

from collections.abc import Collection, Iterable
from typing import Final

from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS, TableKind
from infra.store.object_store import ObjectStore

TABLES: Final = {kind.name: kind for kind in (ARTICLES, REJECTS)}
OldPartition = tuple[str, str, str]  # table, source, day


def old_partitions(store: ObjectStore, names: Collection[str] = ()) -> list[OldPartition]:
    """Partitions with the columns or in the place of an older newslake, of some sources or of all."""
    return sorted({each for kind in TABLES.values() for each in _old(store, kind) if not names or each[1] in names})


def upgrade(store: ObjectStore, partitions: Iterable[OldPartition]) -> None:
    """Write partitions anew, one after the other; killed, it goes on where it stopped."""
    lake = Lake(store)
    for table, source, day in partitions:
        lake.upgrade(TABLES[table], source, day)


def _old(store: ObjectStore, kind: TableKind) -> Iterable[OldPartition]:
    listed = {info: place for info in store.list(f"{kind.name}/") if (place := kind.parse_key(info.key))}
    older = Footers(store).older(listed)
    return [(kind.name, *place) for info, place in listed.items() if info.key in older]

"""Rows follow their captures: the columns that say where in the raw layer a row's capture lies, and nothing else.

A move is no landing: it takes rows from one place to another, whichever is the least.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final

import pyarrow as pa

from infra.archive.raw_index import Pointer
from infra.lake.lake import PartitionId
from infra.lake.partition import REJECTS, TableKind
from infra.lake.partition_file import PartitionFile
from infra.lake.rejects import RejectState
from infra.store.object_store import ObjectStore, read_merge_write

PLACE: Final = ("capture_uri", "capture_offset", "capture_length")
Place = tuple[str | None, int | None, int | None]  # the values of these columns
NOWHERE: Final = (None, None, None)


def move_captures(
    store: ObjectStore, kind: TableKind, partition: PartitionId, moves: Mapping[Pointer, Pointer]
) -> bool:
    """Let the rows of a partition follow captures that were copied to another place.

    Args:
        store: of the lake.
        kind: the table.
        partition: source and date.
        moves: new pointer by old pointer; the captures lie at their new places already.

    Returns:
        Whether the partition was written.

    Raises:
        UsageError: source or date is no partition value.
        NewslakeError: the partition cannot be read or written.
    """
    places: dict[Place, Place] = {astuple(old): astuple(new) for old, new in moves.items()}
    return _set_places(store, kind, partition, lambda place, _: places.get(place, place))


def forget_captures(store: ObjectStore, partition: PartitionId, uris: Collection[str]) -> bool:
    """Let closed rejections no longer point into raw objects that are to be deleted; open ones still do.

    Args:
        store: of the lake.
        partition: source and date, of the rejects.
        uris: keys of the raw objects.

    Returns:
        Whether the partition was written.

    Raises:
        UsageError: source or date is no partition value.
        NewslakeError: the partition cannot be read or written.
    """
    closed_in = {(RejectState.CLOSED, uri) for uri in uris}
    return _set_places(
        store, REJECTS, partition, lambda place, state: NOWHERE if (state, place[0]) in closed_in else place
    )


def _set_places(
    store: ObjectStore, kind: TableKind, partition: PartitionId, place_of: Callable[[Place, str | None], Place]
) -> bool:
    """Give each row the place that follows from the one it has and from its state, if its table has one."""
    key = kind.key(*partition)
    states = ["state"] if kind is REJECTS else []

    def changed(old: bytes | None) -> bytes | None:
        if old is None:
            return None
        file = PartitionFile(kind, old, key)
        before, after = _places(file.columns([*PLACE, *states]), place_of)
        return None if before == after else file.altered(lambda rows: _with_places(rows, _places(rows, place_of)[1]))

    return read_merge_write(store, key, changed)


def _places(rows: Any, place_of: Callable[[Place, str | None], Place]) -> tuple[list[Place], list[Place]]:
    """The places that rows have, and those that they shall have."""
    before: list[Place] = list(zip(*(rows[column].to_pylist() for column in PLACE), strict=True))
    states = rows["state"].to_pylist() if "state" in rows.schema.names else [None] * rows.num_rows
    return before, list(map(place_of, before, states))


def _with_places(rows: Any, places: Sequence[Place]) -> Any:
    for column, values in zip(PLACE, zip(*places, strict=True), strict=True):
        position = rows.schema.get_field_index(column)
        field = rows.schema.field(position)
        rows = rows.set_column(position, field, pa.array(values, field.type))
    return rows

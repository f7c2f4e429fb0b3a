"""Rows follow their captures: the columns that say where in the raw layer a row's capture lies, and nothing else.

A move is no landing: it takes rows from one place to another, whichever is the least.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import astuple
from typing import Final

import pyarrow as pa

from infra.lake import PartitionId
from infra.object_store import ObjectStore, read_merge_write
from infra.partition import REJECTS, TableKind, decode, encode
from infra.raw_index import Pointer
from infra.rejects import RejectState

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

    def changed(old: bytes | None) -> bytes | None:
        if old is None:
            return None
        table, manifest = decode(kind, old, key)
        before: list[Place] = list(zip(*(table[column].to_pylist() for column in PLACE), strict=True))
        states = table["state"].to_pylist() if kind is REJECTS else [None] * table.num_rows
        after = list(map(place_of, before, states))
        if before == after:
            return None
        for column, values in zip(PLACE, zip(*after, strict=True), strict=True):
            position = table.schema.get_field_index(column)
            field = table.schema.field(position)
            table = table.set_column(position, field, pa.array(values, field.type))
        return encode(kind, table, manifest.coverage)

    return read_merge_write(store, key, changed)

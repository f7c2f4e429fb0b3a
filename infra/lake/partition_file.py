"""A partition read and replaced a row group at a time: its bodies need not fit into memory at once."""

import io
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from infra.lake.partition import (
    FORMAT,
    FORMAT_KEY,
    ROW_GROUP_ROWS,
    Coverage,
    Manifest,
    TableKind,
    damaged,
    stated_manifest,
    write,
)
from infra.lake.schema import conform
from parsers.record.article import SCHEMA_VERSION

CREATED_BY: Final = f"parquet-cpp-arrow version {pa.cpp_version}"  # as pyarrow signs its files
HELD_GROUPS: Final = 2  # a group of the new file lies across two of the old one, as both are sorted alike


class PartitionFile:
    """The rows of a partition, by their place in it; no rows if there is none.

    Attributes:
        manifest: what the footer says.
        rows: how many there are.
    """

    def __init__(self, kind: TableKind, body: bytes | None, name: str) -> None:
        """Open a partition.

        Args:
            kind: the table it is of.
            body: the whole object, None if there is none.
            name: its key, for messages.

        Raises:
            DamagedError: it is damaged or not ours.
            NewslakeError: it is of a schema that this program does not know.
        """
        self._kind = kind
        self._name = name
        self._held: OrderedDict[int, Any] = OrderedDict()
        self.manifest = Manifest(schema_version=SCHEMA_VERSION, rows=0)
        self._empty = kind.schema.empty_table()
        self._file: Any = None
        sizes: list[int] = []
        if body is not None:
            self._file = self._read(lambda: pq.ParquetFile(io.BytesIO(body), page_checksum_verification=True))
            metadata = self._file.metadata
            self.manifest = stated_manifest(metadata, name)
            conform(self._file.schema_arrow.empty_table(), self.manifest.schema_version, kind.columns, name)
            sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
            if sum(sizes) != self.manifest.rows:
                raise damaged(name, f"{sum(sizes)} rows, the footer says {self.manifest.rows}")
        self._starts = list(accumulate(sizes, initial=0))
        self.rows = self._starts.pop()

    def columns(self, names: Sequence[str]) -> Any:
        """Some columns of all rows, as a table. They must have been in the schema from its first version.

        Raises:
            DamagedError: they cannot be read.
        """
        names = list(names)
        if not self._starts:
            return self._empty.select(names)
        table = self._read(lambda: self._file.read(columns=names))
        return table.cast(self._empty.select(names).schema)

    def groups(self) -> Iterator[Any]:
        """All rows, a row group at a time, as tables with the present schema.

        Raises:
            DamagedError: they cannot be read.
        """
        yield from map(self._group, range(len(self._starts)))

    def take(self, rows: Sequence[int]) -> Any:
        """Rows by their places, ascending, as a table.

        Raises:
            DamagedError: they cannot be read.
        """
        by_group: dict[int, list[int]] = {}
        for row in rows:
            number = bisect_right(self._starts, row) - 1
            by_group.setdefault(number, []).append(row - self._starts[number])
        pieces = [self._group(number).take(pa.array(local, pa.int64())) for number, local in by_group.items()]
        return pa.concat_tables(pieces) if pieces else self._empty

    def replaced(self, removed: Sequence[int], added: Any, coverage: Mapping[str, Coverage]) -> bytes:
        """The bytes of this partition without some of its rows and with others; the same that `encode` gives.

        Args:
            removed: places of the rows that go.
            added: rows that come, in any order.
            coverage: by mode; takes the place of the old.

        Raises:
            DamagedError: the rows that stay cannot be read.
        """
        order = self._order(removed, added)
        return write(self._kind, self._regrouped(order, added), len(order), coverage)

    def altered(self, alter: Callable[[Any], Any]) -> bytes:
        """The bytes of this partition with other values in columns that it is not sorted by; its coverage stays.

        Args:
            alter: given a table of some rows, in the partition's order, returns the rows as they shall be.

        Raises:
            DamagedError: the rows cannot be read.
        """
        groups = self._regrouped(self._order((), self._empty), self._empty)
        return write(self._kind, map(alter, groups), self.rows, self.manifest.coverage)

    def rewritten(self) -> bytes | None:
        """The bytes that this program would write for these rows: those of the file, if it is whole to the last byte.

        Returns:
            None where that cannot be known, as another version of newslake or of pyarrow wrote the file.

        Raises:
            DamagedError: the rows cannot be read.
        """
        if self._file is None or self.manifest.schema_version != SCHEMA_VERSION:
            return None
        written_by = self._file.metadata
        ours = written_by.created_by == CREATED_BY and written_by.metadata.get(FORMAT_KEY) == FORMAT
        return self.altered(lambda rows: rows) if ours else None

    def _regrouped(self, order: Any, added: Any) -> Iterator[Any]:
        """The row groups of the new partition."""
        for start in range(0, max(1, len(order)), ROW_GROUP_ROWS):
            yield self._gathered(order[start : start + ROW_GROUP_ROWS].to_pylist(), added)

    def _order(self, removed: Sequence[int], added: Any) -> Any:
        """Places of the new partition's rows in its order; those of added rows begin where the old ones end."""
        gone = set(removed)
        places = pa.array([row for row in range(self.rows + added.num_rows) if row not in gone], pa.int64())
        keys = list(self._kind.sorted_by)
        pool = pa.concat_tables([self.columns(keys), added.select(keys)]).take(places)
        return places.take(pc.sort_indices(pool, [(key, "ascending") for key in keys]))

    def _gathered(self, places: Sequence[int], added: Any) -> Any:
        """The rows at these places as one table."""
        starts = [*self._starts, self.rows]
        numbers = [bisect_right(starts, place) - 1 for place in places]
        # The number of the last one is that of the added rows.
        tables = {number: self._group(number) if number < len(self._starts) else added for number in sorted({*numbers})}
        offsets = dict(zip(tables, accumulate((table.num_rows for table in tables.values()), initial=0), strict=False))
        rows = [offsets[number] + place - starts[number] for number, place in zip(numbers, places, strict=True)]
        pool = pa.concat_tables([*tables.values()]).combine_chunks() if tables else self._empty
        return pool.take(pa.array(rows, pa.int64()))

    def _group(self, number: int) -> Any:
        """All rows of a row group, with the present schema."""
        if number in self._held:
            self._held.move_to_end(number)
            return self._held[number]
        table = self._read(lambda: self._file.read_row_group(number))
        table = conform(table, self.manifest.schema_version, self._kind.columns, self._name)
        self._held[number] = table
        if len(self._held) > HELD_GROUPS:
            self._held.popitem(last=False)
        return table

    def _read(self, read: Callable[[], Any]) -> Any:
        try:
            found = read()
            if isinstance(found, pa.Table):
                found.validate(full=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise damaged(self._name, str(error)) from error
        return found


def rows_of(kind: TableKind, body: bytes | None, identities: Any, name: str) -> Any:
    """The rows of some identities, a pyarrow array of strings, as a table; for the rest see `PartitionFile`."""
    file = PartitionFile(kind, body, name)
    held = file.columns([kind.identity])[kind.identity]
    return file.take(pc.indices_nonzero(pc.is_in(held, value_set=identities)).to_pylist())

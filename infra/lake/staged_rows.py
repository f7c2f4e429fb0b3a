"""Rows on their way into partitions: safe once they are staged, and landed together.

    staging/rows/<digest of index>.rows     rows of some 2,000 pages; deleted once they have landed

A partition is one object, so landing into it costs what it holds. An ingest meets the same days in each of its files:
it stages what it reads, and lands all of it in one step, each partition once. Landing again changes nothing, so
whoever finds staged rows may land them: a run that was killed leaves them to the next, and two that land the same at
once do no harm.

An object begins with a line of JSON, its index. Then come the rows of one partition after the other, each an Arrow
record batch packed with zstd, in an order in which those of some partitions that land together lie side by side. The
index has digests of them: else a flipped bit might land as good.
"""

import hashlib
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any, Final, NamedTuple

import orjson
import pyarrow as pa
from typing_extensions import override

from infra.base.errors import NewslakeError
from infra.base.lanes import in_batches
from infra.base.stop import Threads
from infra.lake.lake import Lake, LandingReport, Verdicts
from infra.lake.partition import ARTICLES, REJECTS, TABLES, shard_of
from infra.lake.rows import PartitionId, Rows
from infra.lake.schema import conform
from infra.store.object_store import ConflictError, ObjectInfo, ObjectStore, RangeMissingError
from parsers.record.article import SCHEMA_VERSION

FOLDER: Final = "staging/rows/"
CODEC: Final = "zstd"
HEAD_BYTES: Final = 256 << 10  # holds the index of some 2,000 partitions; of a longer one the whole object is read
GROUP_BYTES: Final = 32 << 20  # of rows, unpacked, that land together; merging and writing them takes three times this
READERS: Final = 16  # objects read at a time: one waits 20 ms for S3


class _Part(NamedTuple):
    """The rows of one partition in one object."""

    table: str
    source: str
    name: str
    packed: int  # bytes in the object
    size: int  # and unpacked
    digest: str  # of those in the object

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """Rejections first: an article closes those that are there. Articles of a shard are deduplicated together."""
        return self.table != REJECTS.name, self.source, shard_of(self.name), self.name


Order = tuple[bool, str, str, str]


@dataclass(frozen=True, slots=True)
class _Fragment:
    """One object, as its index says."""

    key: str
    version: int  # of the schema
    schemas: dict[str, Any]  # by table
    begins: dict[Order, int]  # where the rows of each partition begin
    parts: dict[Order, _Part]


class StagingLake(Lake):
    """A lake that stages what is to be landed, for `land_staged`."""

    @override
    def land_rows(
        self, rows: Rows, looked_at: Collection[PartitionId] = (), verdicts: Mapping[str, Verdicts] | None = None
    ) -> LandingReport:
        """Put rows down."""
        if looked_at or verdicts:
            raise ValueError("days that were looked at, and what was parsed again, are landed at once")
        packed = sorted(_packed(rows), key=lambda each: each[0].order)
        if packed:
            schemas = {kind.name: b64encode(kind.schema.serialize()).decode() for kind in (REJECTS, ARTICLES)}
            index = {"version": SCHEMA_VERSION, "schemas": schemas, "parts": [tuple(part) for part, _ in packed]}
            line = orjson.dumps(index)
            with suppress(ConflictError):  # the answer to it got lost, or the same was read again
                self.store.put(_key(line), b"\n".join((line, b"".join(body for _, body in packed))), if_match=None)
        return LandingReport()


def _packed(rows: Rows) -> Iterator[tuple[_Part, bytes]]:
    for kind in (REJECTS, ARTICLES):
        for (source, name), table in rows.of(kind).items():
            (batch,) = table.combine_chunks().to_batches()
            plain = batch.serialize()
            body = pa.compress(plain, CODEC, asbytes=True)
            yield _Part(kind.name, source, name, len(body), plain.size, _digest(body)), body


def _key(line: bytes) -> str:
    return f"{FOLDER}{_digest(line)}.rows"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def staged_bytes(store: ObjectStore) -> int:
    """How much is staged."""
    return sum(info.size for info in store.list(FOLDER))


def land_staged(lake: Lake) -> LandingReport:
    """Land all rows that are staged, whoever left them; each partition once."""
    store, report = lake.store, LandingReport()
    with Threads(READERS) as pool:
        opened = pool.map(lambda info: _opened(store, info), list(store.list(FOLDER)))
        fragments = [each for each in opened if each]
        for group in _groups(fragments):
            found = pool.map(partial(_read, store, group), fragments)
            report += lake.land_rows(_rows(found))
        list(pool.map(lambda each: store.delete(each.key), fragments))
    return report


def _opened(store: ObjectStore, info: ObjectInfo) -> _Fragment | None:
    """The index of an object; None if somebody else has landed it meanwhile."""
    try:
        head = store.get_range(info.key, 0, min(HEAD_BYTES, info.size)) if info.size else b""
        if b"\n" not in head:
            head = store.get_range(info.key, 0, info.size)
        line, _, _ = head.partition(b"\n")
        if _key(line) != info.key:
            raise ValueError("its index is not what was written")
        index = orjson.loads(line)
        parts = {part.order: part for part in (_Part(*each) for each in index["parts"])}
        *begins, end = accumulate((part.packed for part in parts.values()), initial=len(line) + 1)
        if end != info.size:
            raise ValueError(f"{info.size} bytes, its index says {end}")
        schemas = {name: pa.ipc.read_schema(pa.py_buffer(b64decode(each))) for name, each in index["schemas"].items()}
        return _Fragment(info.key, index["version"], schemas, dict(zip(parts, begins, strict=True)), parts)
    except RangeMissingError:  # what is listed is whole, and never changes
        return None
    except (ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise _damaged(info.key, error) from error


def _groups(fragments: Iterable[_Fragment]) -> Iterator[set[Order]]:
    """Partitions that are landed together, in order."""
    sizes: defaultdict[Order, int] = defaultdict(int)
    for each in fragments:
        for order, part in each.parts.items():
            sizes[order] += part.size
    return map(set, in_batches(sorted(sizes), sizes.__getitem__, most=len(sizes), max_bytes=GROUP_BYTES))


def _read(store: ObjectStore, group: set[Order], fragment: _Fragment) -> list[tuple[_Part, Any]]:
    """What an object has of a group, by one read: it lies side by side."""
    mine = [order for order in fragment.parts if order in group]
    if not mine:
        return []
    start, last = fragment.begins[mine[0]], fragment.parts[mine[-1]]
    try:
        body = store.get_range(fragment.key, start, fragment.begins[mine[-1]] + last.packed - start)
    except RangeMissingError:
        return []  # another has landed it meanwhile
    found = []
    for order in mine:
        part, begin = fragment.parts[order], fragment.begins[order] - start
        packed, kind = body[begin : begin + part.packed], TABLES[part.table]
        try:
            if _digest(packed) != part.digest:
                raise ValueError(f"the rows of {kind.key(part.source, part.name)} are not what was written")
            plain = pa.decompress(packed, decompressed_size=part.size, codec=CODEC)
            batch = pa.ipc.read_record_batch(plain, fragment.schemas[part.table])
            batch.validate(full=True)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _damaged(fragment.key, error) from error
        found.append((part, conform(pa.table(batch), fragment.version, kind.columns, fragment.key)))
    return found


def _rows(found: Iterable[list[tuple[_Part, Any]]]) -> Rows:
    tables: dict[str, defaultdict[PartitionId, list[Any]]] = {name: defaultdict(list) for name in TABLES}
    for part, table in (each for of_object in found for each in of_object):
        tables[part.table][part.source, part.name].append(table)
    articles, rejects = (
        {place: pa.concat_tables(parts) for place, parts in tables[kind.name].items()} for kind in (ARTICLES, REJECTS)
    )
    return Rows(articles, rejects)


def _damaged(key: str, error: Exception) -> NewslakeError:
    remedy = "Move it out of the lake, delete the folder _catalog/read, and ingest what was being read again."
    return NewslakeError(f"{key} is damaged: {error}", remedy)

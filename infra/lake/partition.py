"""A partition is one Parquet object, and its footer is its manifest.

It holds a day of a source, and is named by the day: `2024-05-01`. The articles of `web`, which come from any number of
sites, are divided by host: their partitions have names like `2024-05-01.0b`, and readers of the day see one table.
Bytes depend on rows and manifest alone: equal content gives equal objects (for one version of pyarrow), so that an
unchanged partition need not be written.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from infra.base.errors import NewslakeError, UsageError
from infra.lake.rejects import RejectState
from infra.lake.schema import ARTICLE_COLUMNS, FETCH_COLUMNS, REJECT_COLUMNS, TEXT, Column, conform, schema_of
from infra.store.object_store import ObjectStore, RangeMissingError, Stored
from parsers.fields.urls import identity
from parsers.generic.reader import WEB
from parsers.record.article import NULL_PARTITION, SCHEMA_VERSION

ROW_GROUP_ROWS: Final = 1000  # a one-hour query of a sorted 10,000-row day reads 1.3 of 13 MB; with one group, 11.5 MB
ZSTD_LEVEL: Final = 3  # 23 % smaller than pyarrow's default of 1 for 18 % more time; 6 takes three times as long
BLOOM_FALSE_POSITIVES: Final = 0.01  # with it DuckDB looks an absent URL up in 0.2 of 13 MB
FOOTER_KEY: Final = b"newslake"
FORMAT_KEY: Final = b"newslake.format"
FORMAT: Final = b"2"  # raise it when `encode` comes to give other bytes for the same rows: `verify` compares them
TAIL_BYTES: Final = 64 * 1024  # holds the footer of a partition of some 5,000 rows; larger ones are read whole
END_BYTES: Final = 8  # of every Parquet file: footer length, then "PAR1"
MAGIC: Final = b"PAR1"
# Of a day of `web`: of a million rows each has 16,000, some 100 MB in memory, and merging takes three times this.
SHARDS: Final = 64
OLD_NULL_PARTITION: Final = "__HIVE_DEFAULT_PARTITION__"  # where undated articles lay until schema version 3

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Said = TypeVar("Said", bound="DataclassInstance")
_SOURCE: Final = re.compile(r"[a-z0-9_]{1,64}")  # names are folders: no separators, no case that a disk may fold
_KEY: Final = re.compile(rf"([a-z]+)/source=({_SOURCE.pattern})/date=([^/]+)/\1(\.[0-9a-f]{{2}})?\.parquet")


@lru_cache(maxsize=10_000)  # days of 27 years: many sources have the same
def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value  # it also takes 20240501 and 2024-W18-3
    except ValueError:
        return False


def date_of(name: str) -> str:
    """The day of a partition."""
    return name.partition(".")[0]


def shard_of(name: str) -> str:
    """Which part of its day a partition is; empty where it is all of it."""
    return name.partition(".")[2]


def name_of(source: str, day: str, canonical_url: str | None) -> str:
    """The partition of an article. Its identity is in the same shard, whatever the day."""
    if source != WEB:
        return day
    host = re.split("[/?]", identity(canonical_url), maxsplit=1)[0] if canonical_url else ""
    return f"{day}.{zlib.crc32(host.encode()) % SHARDS:02x}"


class DamagedError(NewslakeError):
    """An object in the place of a partition cannot be read as one."""


@dataclass(frozen=True, slots=True)
class TableKind:
    """One of the lake's tables; `name` is its top folder and the stem of its file names."""

    name: str
    columns: tuple[Column, ...]
    identity: str  # column that names a row; unique within a partition
    sorted_by: tuple[str, ...]  # ends with the identity, so the order is total
    bloom: tuple[str, ...]  # columns with a Bloom filter

    @property
    def schema(self) -> Any:
        """Arrow schema of its files."""
        return schema_of(self.columns)

    def key(self, source: str, name: str) -> str:
        """Key of a partition's object."""
        day, dot, shard = name.partition(".")
        if not _SOURCE.fullmatch(source):
            raise UsageError(f"{source[:80]!r} is no name of a source", "Use up to 64 of a-z, 0-9 and _ only.")
        if not _is_date(day):
            raise UsageError(f"{day[:80]!r} is no day", f"Write YYYY-MM-DD, or {NULL_PARTITION} for undated articles.")
        return f"{self.name}/source={source}/date={day}/{self.name}{dot}{shard}.parquet"

    def old_null_key(self, source: str) -> str:
        """Where an older newslake put the undated articles of a source."""
        return self.key(source, NULL_PARTITION).replace(NULL_PARTITION, OLD_NULL_PARTITION)

    def parse_key(self, key: str) -> tuple[str, str] | None:
        """Source and name of a key; None if it is no partition of this table."""
        match = _KEY.fullmatch(key)
        if not match or match[1] != self.name:
            return None
        day = NULL_PARTITION if match[3] == OLD_NULL_PARTITION else match[3]
        return (match[2], day + (match[4] or "")) if _is_date(day) else None


ARTICLES: Final = TableKind(
    "articles", ARTICLE_COLUMNS, "article_id", ("published_at", "article_id"), ("article_id", "url")
)
FETCHES: Final = TableKind("fetches", FETCH_COLUMNS, "url", ("url",), ("url",))
REJECTS: Final = TableKind("rejects", REJECT_COLUMNS, "reject_id", ("captured_at", "reject_id"), ("reject_id", "url"))


TABLES: Final = {kind.name: kind for kind in (ARTICLES, REJECTS, FETCHES)}


def place_of(key: str) -> tuple[TableKind, str, str] | None:
    """Table, source and name of a key; None if it is no partition."""
    kind = TABLES.get(key.partition("/")[0])
    place = kind and kind.parse_key(key)
    return (kind, *place) if kind and place else None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a partition's footer says; tuples are ascending."""

    schema_version: int
    rows: int
    looked_at: bool = False  # a reparse was there; without rows, the day is empty, not missing (L08)
    parser_versions: tuple[int, ...] = ()
    capture_uris: tuple[str, ...] = ()  # raw objects that the rows point into: a reparse finds its partitions by them
    open_rejects: Mapping[str, int] = field(default_factory=dict)  # of a rejects partition, by reason


def said_in(footer: bytes | Mapping[str, Any], kind: type[Said], name: str) -> Said:
    """What a footer, or the index, says: DamagedError where it is none, NewslakeError of a newer newslake (L07)."""
    try:
        stated = orjson.loads(footer) if isinstance(footer, bytes) else dict(footer)
        if stated["schema_version"] > SCHEMA_VERSION:  # what follows may be of another shape
            raise NewslakeError(
                f"{name} has schema version {stated['schema_version']}, this newslake knows {SCHEMA_VERSION}",
                "Upgrade newslake.",
            )
        if "coverage" in stated:  # until 2026-11-26: counts by the mode of the runs that had been there
            stated["looked_at"] = bool(stated.pop("coverage"))
        names, validator = _shape(kind)
        if lacking := names - stated.keys():
            raise ValueError(f"without {', '.join(sorted(lacking))}")
        said: Said = validator.validate_python(stated)
        return said
    except (ValueError, KeyError, TypeError) as error:
        detail = " ".join(str(error).partition(" [type=")[0].split())  # pydantic's goes on with an address of its docs
        raise damaged(name, f"footer: {detail}") from error


@cache
def _shape(kind: type[Said]) -> tuple[frozenset[str], TypeAdapter[Said]]:
    return frozenset(each.name for each in fields(kind)), TypeAdapter(kind)


def encode(kind: TableKind, table: Any, *, looked_at: bool = False) -> bytes:
    """The bytes of a partition; rows come in any order, with the table's schema."""
    return write_file(kind, table, manifest_of(table, looked_at=looked_at))


def write_file(kind: TableKind, table: Any, footer: Any) -> bytes:
    """The bytes of a Parquet file of a table, with what its footer says of it as canonical JSON."""
    table = table.combine_chunks()
    order = pc.sort_indices(table, [(name, "ascending") for name in kind.sorted_by])
    distinct_values = max(1, min(table.num_rows, ROW_GROUP_ROWS))
    sink = pa.BufferOutputStream()
    sorting, statistics = _laid_down(kind)
    with pq.ParquetWriter(
        sink,
        kind.schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=False,  # zstd finds repetition too: as small, 15 % faster to write, read in a third of the time
        bloom_filter_options={name: {"ndv": distinct_values, "fpp": BLOOM_FALSE_POSITIVES} for name in kind.bloom},
        sorting_columns=sorting,
        write_statistics=statistics,
        write_page_checksum=True,  # else a flipped bit may pass for another value, and be landed again as good
        store_schema=False,  # the Parquet types say all; the docs of the fields would weigh 10 KB a file
    ) as writer:
        for start in range(0, max(1, table.num_rows), ROW_GROUP_ROWS):
            # One chunk: page boundaries must not depend on how the rows came together.
            group = table.take(order[start : start + ROW_GROUP_ROWS]).combine_chunks()
            writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
        said = orjson.dumps(footer, option=orjson.OPT_SORT_KEYS)
        writer.add_key_value_metadata({FOOTER_KEY: said, FORMAT_KEY: FORMAT})
    return bytes(sink.getvalue())


@cache
def _laid_down(kind: TableKind) -> tuple[Any, list[str]]:
    """By what the rows of a table's files are sorted, and the columns that have statistics: the same for each file."""
    ordering = [(name, "ascending") for name in kind.sorted_by]
    sorting = pq.SortingColumn.from_ordering(kind.schema, ordering, null_placement="at_end")
    # Those of `text` would hold two whole articles a row group, uncompressed: 4 to 17 % of the file.
    return sorting, [leaf for each in kind.schema if each.name != TEXT for leaf in _leaves(each)]


def _leaves(field: Any, parent: str = "") -> Iterator[str]:
    """Parquet's names of the columns that a field becomes."""
    path = f"{parent}{field.name}"
    if pa.types.is_list(field.type):
        yield from _leaves(field.type.value_field, f"{path}.list.")
    elif pa.types.is_struct(field.type):
        for member in field.type:
            yield from _leaves(member, f"{path}.")
    else:
        yield path


def manifest_of(table: Any, *, looked_at: bool) -> Manifest:
    """What the footer of these rows says."""
    open_reasons: list[str] = []
    if "state" in table.schema.names:
        states = zip(table["state"].to_pylist(), table["reason"].to_pylist(), strict=True)
        open_reasons = [reason for state, reason in states if state == RejectState.OPEN]
    return Manifest(
        schema_version=SCHEMA_VERSION,
        rows=table.num_rows,
        looked_at=looked_at,
        parser_versions=_distinct(table, "parser_version"),
        capture_uris=_distinct(table, "capture_uri"),
        open_rejects=Counter(open_reasons),
    )


def _distinct(table: Any, column: str) -> tuple[Any, ...]:
    return tuple(sorted(table[column].unique().drop_null().to_pylist()))


def decode(kind: TableKind, body: bytes, name: str) -> tuple[Any, Manifest]:
    """Rows, with the present schema, and manifest of a partition; DamagedError where it is damaged or not ours."""
    table, footer = read_file(body, name)
    manifest = said_in(footer, Manifest, name)
    if table.num_rows != manifest.rows:
        raise damaged(name, f"{table.num_rows} rows, the footer says {manifest.rows}")
    return conform(table, manifest.schema_version, kind.columns, name), manifest


def read_file(body: bytes, name: str) -> tuple[Any, bytes]:
    """Rows as they are written, and what the footer says of them; DamagedError where it is damaged or not ours."""
    try:
        file = pq.ParquetFile(pa.BufferReader(body), page_checksum_verification=True)
        footer = stated_footer(file.metadata, name)
        table = file.read(use_threads=False)  # most partitions are small, and several are read at once
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(name, str(error)) from error
    return table, footer


def read_rows(store: ObjectStore, kind: TableKind, source: str, day: str) -> Any:
    """The rows of a partition; none where there is no partition."""
    stored = read_partition(store, kind, source, day)
    return decode(kind, stored.body, kind.key(source, day))[0] if stored else kind.schema.empty_table()


def read_partition(store: ObjectStore, kind: TableKind, source: str, day: str) -> Stored | None:
    """The object of a partition; of undated articles, the one of an older newslake if there is no other."""
    stored = store.get(kind.key(source, day))
    if stored is None and day == NULL_PARTITION:
        return store.get(kind.old_null_key(source))
    return stored


def read_footer(store: ObjectStore, key: str, size: int) -> Any:
    """The `pyarrow.parquet.FileMetaData` of a partition, from its last bytes; NewslakeError where it is absent."""
    length = min(size, TAIL_BYTES)
    try:
        tail = store.get_range(key, size - length, length) if length else b""
    except RangeMissingError:
        if store.get(key) is None:
            raise
        tail = b""  # it was longer when it was listed
    footer = int.from_bytes(tail[-END_BYTES:-4], "little") + END_BYTES
    if tail[-4:] == MAGIC and footer <= length:
        # To pyarrow, a file without rows in front of the footer is as good: only the footer is looked at.
        return _metadata_in(MAGIC + tail[-footer:], key)
    stored = store.get(key)  # a large footer, or the object was replaced since it was listed
    return _metadata_in(stored.body if stored else b"", key)


def _metadata_in(body: bytes, name: str) -> Any:
    try:
        return pq.read_metadata(pa.BufferReader(body))
    except (pa.ArrowException, OSError) as error:
        raise damaged(name, str(error)) from error


def stated_footer(metadata: Any, name: str) -> bytes:
    """What newslake wrote into the metadata of a Parquet file; DamagedError where it wrote nothing."""
    stated: bytes | None = (metadata.metadata or {}).get(FOOTER_KEY)
    if stated is None:
        raise damaged(name, "no newslake manifest in its footer")
    return stated


def damaged(name: str, detail: str) -> DamagedError:
    """The error for an object that cannot be read as a partition."""
    remedy = "Delete it and run `newslake reparse` for its source: the raw captures hold everything."
    if place := FETCHES.parse_key(name):
        remedy = f"Delete it and run `newslake run {place[0]} --day {place[1]}`, which asks for its lists again."
    return DamagedError(f"{name} is damaged or was not written by newslake ({detail})", remedy)

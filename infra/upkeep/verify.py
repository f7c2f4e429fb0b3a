"""Is everything in the lake whole? Reads every partition and every raw object, and follows every pointer."""

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from infra.archive.raw_archive import Pointer, RawArchive, source_of
from infra.base.errors import NewslakeError
from infra.lake.accounts import read_account
from infra.lake.cache import load_cache
from infra.lake.changes import read_notes
from infra.lake.day_index import WHOLE, months_there
from infra.lake.landing import zipped
from infra.lake.months import Entry, Months, is_told, month_of
from infra.lake.partition import (
    ARTICLES,
    FETCHES,
    FORMAT,
    FORMAT_KEY,
    REJECTS,
    TABLES,
    Manifest,
    TableKind,
    date_of,
    decode,
    encode,
    manifest_of,
    name_of,
    read_footer,
    shard_of,
    stated_footer,
)
from infra.lake.rejects import reject_id, wrong_seen_times
from infra.lake.staged_rows import FOLDER
from infra.store.object_store import ObjectInfo, ObjectStore
from infra.upkeep.raw_check import RawCheck, is_raw
from parsers.record.article import SCHEMA_VERSION, Block, BlockType, article_id, content_digest, lay_out, partition_date

POINTER: Final = ("capture_uri", "capture_offset", "capture_length", "capture_digest")
ROWS_HELD: Final = 1000  # rows as Python objects at a time; they take ten times what they take in the table
CREATED_BY: Final = f"parquet-cpp-arrow version {pa.cpp_version}"  # as pyarrow signs its files
BLOCK_TYPES: Final = frozenset(BlockType)
NO_PARTITION: Final = "is no partition: its key is not <table>/source=<name>/date=<day>/<table>[.<shard>].parquet"
NOT_LANDED: Final = "has rows of an ingest that did not end: `newslake maintain` lands them"
STAGED_FOR: Final = timedelta(days=1)  # one that is at work stages 1 GB at most
NO_RAW_OBJECT: Final = "is no raw object: its key is not raw/source=<name>/date=<day>/<name>.warc.gz"
REMEDY: Final = "`newslake maintain` lists the lake and mends the index"
# Said only of a partition that has no other fault: those say more.
OTHER_BYTES: Final = "is damaged, though its rows look right: its bytes are not those that they give"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the object concerned, and what about it."""

    object: str
    fault: str


def verify(store: ObjectStore, archive: RawArchive) -> Iterator[Fault]:
    """Every fault of the lake, as it is found; nothing is changed."""
    archived: defaultdict[str, set[str]] = defaultdict(set)  # by source, keys in the raw layer
    for info in store.list("raw/"):
        if is_raw(info.key):
            archived[source_of(info.key)].add(info.key)
        else:
            yield Fault(info.key, NO_RAW_OBJECT)
    partitions: defaultdict[str, list[tuple[TableKind, str, str]]] = defaultdict(list)
    for kind in (ARTICLES, REJECTS, FETCHES):
        for info in store.list(f"{kind.name}/"):
            place = kind.parse_key(info.key)
            if place is None:
                yield Fault(info.key, NO_PARTITION)
            elif kind is FETCHES:
                yield from (Fault(info.key, fault) for fault in account_faults(store, *place))
            else:
                partitions[place[0]].append((kind, info.key, place[1]))
    for source in sorted(archived.keys() | partitions.keys()):
        raw = RawCheck(store, archived[source])
        yield from (Fault(key, fault) for key, fault in raw.faults())
        tables = _TableCheck(store, source, raw, archive)
        for kind, key, name in partitions[source]:
            yield from (Fault(key, fault) for fault in tables.faults(kind, key, name))
    yield from (Fault(key, fault) for key, fault in index_faults(store))
    late = datetime.now(UTC) - STAGED_FOR
    yield from (Fault(info.key, NOT_LANDED) for info in store.list(FOLDER) if info.modified_at < late)


class _TableCheck:
    """The partitions of one source."""

    def __init__(self, store: ObjectStore, source: str, raw: RawCheck, archive: RawArchive) -> None:
        self._store = store
        self._source = source
        self._raw = raw
        self._archive = archive
        self._homes: dict[str, str] = {}  # by article_id, the first partition that has it

    def faults(self, kind: TableKind, key: str, name: str) -> Iterator[str]:
        """What is wrong with one partition."""
        stored = self._store.get(key)
        if stored is None:
            return  # deleted since it was listed
        sound = True
        try:
            table, manifest = decode(kind, stored.body, "it")  # its key stands before each fault
            for fault in self._row_faults(kind, table, manifest, key, name):
                sound = False
                yield fault
            if sound and _gives_other_bytes(kind, stored.body, table, manifest):
                yield OTHER_BYTES
        except NewslakeError as error:
            yield str(error)
        except OverflowError as error:
            yield f"has a time that no calendar has: {error}"

    def _row_faults(self, kind: TableKind, table: Any, manifest: Manifest, key: str, name: str) -> Iterator[str]:
        own = _article_faults if kind is ARTICLES else _reject_faults
        for batch in table.to_batches(max_chunksize=ROWS_HELD):
            for row in batch.to_pylist():
                yield from (f"{kind.identity} {row[kind.identity]} {fault}" for fault in own(row, self._source, name))
                if kind is ARTICLES:
                    other = self._homes.setdefault(row["article_id"], key)
                    if other != key:
                        yield f"article_id {row['article_id']} is in {other} too"
        yield from _table_faults(kind, table, manifest)
        yield from self._pointer_faults(kind, table)

    def _pointer_faults(self, kind: TableKind, table: Any) -> Iterator[str]:
        """Rows are followed in the order in which their captures lie in the raw layer."""
        pointed = table.select([*POINTER, kind.identity]).filter(pc.is_valid(table["capture_uri"]))
        pointed = pointed.sort_by([("capture_uri", "ascending"), ("capture_offset", "ascending")])
        for uri, offset, length, digest, identity in zipped(pointed, (*POINTER, kind.identity)):
            place = Pointer(uri, offset, length)
            name = f"{kind.identity} {identity}"
            try:
                # Of another source's folder, or of a damaged object: it is read on its own.
                found = self._raw.digests.get(place) or self._archive.read(place).digest
            except NewslakeError as error:
                yield f"{name} points to a capture that cannot be read: {error}"
                continue
            if found != digest:
                yield f"{name} points to another capture: {place.uri} at byte {place.offset}"


def _gives_other_bytes(kind: TableKind, body: bytes, table: Any, manifest: Manifest) -> bool:
    """Whether this program would write these rows otherwise; where another version wrote them, nobody can know."""
    file = pq.read_metadata(io.BytesIO(body))
    ours = file.created_by == CREATED_BY and file.metadata.get(FORMAT_KEY) == FORMAT
    return (
        ours and manifest.schema_version == SCHEMA_VERSION and encode(kind, table, looked_at=manifest.looked_at) != body
    )


def _table_faults(kind: TableKind, table: Any, manifest: Manifest) -> Iterator[str]:
    if pc.count_distinct(table[kind.identity]).as_py() < table.num_rows:
        yield f"{kind.identity} is not unique"
    order = [tuple((value is None, value) for value in key) for key in zipped(table, kind.sorted_by)]
    if order != sorted(order):
        yield f"rows are not sorted by {', '.join(kind.sorted_by)}"
    for column in wrong_seen_times(table) if kind is REJECTS else ():
        yield f"{column} is not what the captures of each page say"
    # A file of an older schema version is none the worse for it.
    if replace(manifest_of(table, looked_at=manifest.looked_at), schema_version=manifest.schema_version) != manifest:
        yield "the footer does not say what the rows say"


def _article_faults(row: dict[str, Any], source: str, name: str) -> Iterator[str]:
    if (day := partition_date(row["published_at"])) != date_of(name):
        yield f"is published on {day}"
    elif shard_of(name) and name != (home := name_of(source, day, row["canonical_url"])):
        yield f"is of shard {shard_of(home)}"
    blocks = [(span["type"], row["text"][span["start"] : span["end"]]) for span in row["body"]]
    body = tuple(Block(BlockType(kind), text) for kind, text in blocks if kind in BLOCK_TYPES)
    if lay_out(blocks) != (row["text"], [(span["start"], span["end"]) for span in row["body"]]):
        yield "has a body whose blocks do not give its text"
    elif content_digest(row["title"], body) != row["content_digest"]:
        yield "has another content_digest than its title and body give"
    if article_id(source, row["canonical_url"], row["title"], body) != row["article_id"]:
        yield "is not the identity that its address gives"


def _reject_faults(row: dict[str, Any], source: str, name: str) -> Iterator[str]:
    if partition_date(row["captured_at"]) != name:
        yield f"was captured on {partition_date(row['captured_at'])}"
    if reject_id(source, row["url"], row["captured_at"], row["capture_digest"]) != row["reject_id"]:
        yield "is not the identity that its capture gives"


def account_faults(store: ObjectStore, source: str, day: str) -> Iterator[str]:
    """What is wrong with the account of a day."""
    try:
        account = read_account(store, source, day)  # refuses a footer that says something else
    except NewslakeError as error:
        yield str(error)
        return
    if account.summary.landed and next(iter(store.list(ARTICLES.key(source, day))), None) is None:
        yield f"says that {account.summary.landed} articles landed, and their partition is gone: run the day again"


def index_faults(store: ObjectStore) -> Iterator[tuple[str, str]]:
    """Keys of partitions of which the index says something else, and what; of a lake without an index, none."""
    if load_cache(store, WHOLE):
        months = Months(store)
        months.load(months_there(store))
        listed = {info.key: info for kind in TABLES.values() for info in store.list(f"{kind.name}/")}
        keys = {key for source in months.sources() for key in months.of(source, months.loaded)}
        for key in sorted(keys.union(key for key in listed if month_of(key))):
            # Somebody may write it just now: whoever does so has noted it, or has brought the index up to date.
            if _fault(store, months.get(key), listed.get(key)) and (fault := _fault_now(store, key)):
                yield key, f"{fault}: {REMEDY}"


def _fault_now(store: ObjectStore, key: str) -> str | None:
    if key in read_notes(store):
        return None
    months = Months(store)
    months.load([month_of(key)])
    return _fault(store, months.get(key), next((info for info in store.list(key) if info.key == key), None))


def _fault(store: ObjectStore, entry: Entry | None, info: ObjectInfo | None) -> str | None:
    if entry and not is_told(entry):
        return None
    if entry is None or info is None:
        return "is not in the index of days" if info else "is in the index of days, and gone" if entry else None
    try:
        said = entry[2] and orjson.loads(stated_footer(read_footer(store, info.key, info.size), info.key))
    except NewslakeError:
        return None  # the partition itself is at fault
    return None if (info.size, said) == entry[1:] else "is not what the index of days says"

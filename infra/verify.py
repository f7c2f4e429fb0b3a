"""Is everything in the lake whole? Reads every partition and every capture that a row points to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from infra.archive import Pointer
from infra.errors import NewslakeError
from infra.lake import Lake
from infra.object_store import ObjectStore
from infra.tables.partition import ARTICLES, REJECTS, STATED, Manifest, TableKind, manifest_of
from infra.tables.partition_file import PartitionFile
from infra.tables.rejects import reject_id
from infra.tables.sightings import SIGHTINGS, wrong_sightings
from parsers.article import Block, BlockType, article_id, content_digest, partition_date
from parsers.capture import Capture

POINTER: Final = ("capture_uri", "capture_offset", "capture_length", "capture_digest")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the object concerned, and what about it."""

    object: str
    fault: str


class CaptureReader(Protocol):
    """Gets captures back from the raw layer; `RawArchive` is one."""

    def read(self, pointer: Pointer) -> Capture:
        """The capture at a place; NewslakeError if it is not there or damaged."""
        ...


def verify(store: ObjectStore, archive: CaptureReader) -> Iterator[Fault]:
    """Every fault of the lake, as it is found; nothing is changed.

    Checks of each partition: key, schema, footer, sort order, unique identities, that each row belongs there, that
    digests and identities are those of what the row says, and that each pointer leads to the capture of its digest.

    Args:
        store: where the lake is.
        archive: its raw layer.
    """
    lake = Lake(store)
    homes: dict[tuple[str, str], str] = {}
    for kind in (ARTICLES, REJECTS):
        known = {info.key: (source, day) for source, day, info in lake.partitions(kind=kind)}
        for info in store.list(f"{kind.name}/"):
            if info.key in known:
                yield from _partition_faults(store, archive, kind, info.key, *known[info.key], homes)
            else:
                yield Fault(
                    info.key, "is no partition: its key is not <table>/source=<name>/date=<day>/<table>.parquet"
                )


def _partition_faults(
    store: ObjectStore,
    archive: CaptureReader,
    kind: TableKind,
    key: str,
    source: str,
    day: str,
    homes: dict[tuple[str, str], str],
) -> Iterator[Fault]:
    stored = store.get(key)
    if stored is None:
        return  # deleted since it was listed
    narrow = []  # of each row group, the columns that are looked at over all rows; bodies stay out of memory
    try:
        file = PartitionFile(kind, stored.body, key)
        for group in file.groups():
            narrow.append(group.select(_over_all(kind)))
            for row in group.to_pylist():
                faults = _article_faults(row, source, day) if kind is ARTICLES else _reject_faults(row, source, day)
                yield from (Fault(key, f"{kind.identity} {row[kind.identity]} {fault}") for fault in faults)
                if kind is ARTICLES:
                    other = homes.setdefault((source, row["article_id"]), key)
                    if other != key:
                        yield Fault(key, f"article_id {row['article_id']} is in {other} too")
    except NewslakeError as error:
        yield Fault(key, str(error))
        return
    table = pa.concat_tables(narrow) if narrow else kind.schema.empty_table()
    yield from (Fault(key, fault) for fault in _table_faults(kind, table, file.manifest))
    yield from _pointer_faults(archive, kind, key, table)


def _over_all(kind: TableKind) -> list[str]:
    looked_at = {kind.identity, *kind.sorted_by, *STATED, *POINTER, "url", *SIGHTINGS}
    return [name for name in kind.schema.names if name in looked_at]


def _table_faults(kind: TableKind, table: Any, manifest: Manifest) -> Iterator[str]:
    if pc.count_distinct(table[kind.identity]).as_py() < table.num_rows:
        yield f"{kind.identity} is not unique"
    order = [tuple((value is None, value) for value in key) for key in _zipped(table, kind.sorted_by)]
    if order != sorted(order):
        yield f"rows are not sorted by {', '.join(kind.sorted_by)}"
    for column in wrong_sightings(table) if kind is REJECTS else ():
        yield f"{column} is not what the captures of each page say"
    # A file of an older schema version is none the worse for it.
    if replace(manifest_of(table, manifest.coverage), schema_version=manifest.schema_version) != manifest:
        yield "the footer does not say what the rows say"


def _zipped(table: Any, columns: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[column].to_pylist() for column in columns), strict=True)


def _article_faults(row: dict[str, Any], source: str, day: str) -> Iterator[str]:
    if partition_date(row["published_at"]) != day:
        yield f"is published on {partition_date(row['published_at'])}"
    body = tuple(Block(BlockType(block["type"]), block["text"]) for block in row["body"] if block["type"] in _TYPES)
    if content_digest(row["title"], body) != row["content_digest"]:
        yield "has another content_digest than its title and body give"
    if article_id(source, row["canonical_url"], row["title"], body) != row["article_id"]:
        yield "is not the identity that its address gives"


_TYPES = frozenset(BlockType)


def _reject_faults(row: dict[str, Any], source: str, day: str) -> Iterator[str]:
    if partition_date(row["captured_at"]) != day:
        yield f"was captured on {partition_date(row['captured_at'])}"
    if reject_id(source, row["url"], row["captured_at"], row["capture_digest"]) != row["reject_id"]:
        yield "is not the identity that its capture gives"


def _pointer_faults(archive: CaptureReader, kind: TableKind, key: str, table: Any) -> Iterator[Fault]:
    """Rows are followed in the order in which their captures lie in the raw layer."""
    pointed = table.filter(pc.is_valid(table["capture_uri"]))
    pointed = pointed.sort_by([("capture_uri", "ascending"), ("capture_offset", "ascending")])
    for uri, offset, length, digest, identity in _zipped(pointed, (*POINTER, kind.identity)):
        place = Pointer(uri, offset, length)
        name = f"{kind.identity} {identity}"
        try:
            capture = archive.read(place)
        except NewslakeError as error:
            yield Fault(key, f"{name} points to a capture that cannot be read: {error}")
            continue
        if capture.digest != digest:
            yield Fault(key, f"{name} points to another capture: {place.uri} at byte {place.offset}")

"""Is everything in the lake whole? Reads every partition and every capture that a row points to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from infra.archive import Pointer
from infra.errors import NewslakeError
from infra.lake import Lake
from infra.object_store import ObjectStore
from infra.partition import ARTICLES, REJECTS, Manifest, TableKind, decode, manifest_of
from infra.rejects import reject_id
from infra.sightings import wrong_sightings
from parsers.article import Block, BlockType, article_id, content_digest, partition_date
from parsers.capture import Capture


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
    try:
        table, manifest = decode(kind, stored.body, key)
    except NewslakeError as error:
        yield Fault(key, str(error))
        return
    rows = table.to_pylist()
    yield from (Fault(key, fault) for fault in _table_faults(kind, table, rows, manifest))
    for row in rows:
        faults = _article_faults(row, source, day) if kind is ARTICLES else _reject_faults(row, source, day)
        yield from (Fault(key, f"{kind.identity} {row[kind.identity]} {fault}") for fault in faults)
        if kind is ARTICLES:
            other = homes.setdefault((source, row["article_id"]), key)
            if other != key:
                yield Fault(key, f"article_id {row['article_id']} is in {other} too")
    yield from _pointer_faults(archive, kind, key, rows)


def _table_faults(kind: TableKind, table: Any, rows: list[dict[str, Any]], manifest: Manifest) -> Iterator[str]:
    identities = [row[kind.identity] for row in rows]
    if len(set(identities)) < len(identities):
        yield f"{kind.identity} is not unique"
    order = [tuple((row[name] is None, row[name]) for name in kind.sorted_by) for row in rows]
    if order != sorted(order):
        yield f"rows are not sorted by {', '.join(kind.sorted_by)}"
    for column in wrong_sightings(table) if kind is REJECTS else ():
        yield f"{column} is not what the captures of each page say"
    if manifest_of(table, manifest.coverage) != manifest:
        yield "the footer does not say what the rows say"


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


def _pointer_faults(archive: CaptureReader, kind: TableKind, key: str, rows: list[dict[str, Any]]) -> Iterator[Fault]:
    """Rows are followed in the order in which their captures lie in the raw layer."""
    pointed = [row for row in rows if row["capture_uri"] is not None]
    for row in sorted(pointed, key=lambda row: (row["capture_uri"], row["capture_offset"])):
        place = Pointer(row["capture_uri"], row["capture_offset"], row["capture_length"])
        name = f"{kind.identity} {row[kind.identity]}"
        try:
            capture = archive.read(place)
        except NewslakeError as error:
            yield Fault(key, f"{name} points to a capture that cannot be read: {error}")
            continue
        if capture.digest != row["capture_digest"]:
            yield Fault(key, f"{name} points to another capture: {place.uri} at byte {place.offset}")

"""Which archived captures can bear on which days: the plans of run, backfill and reparse.

`plan_days` (run, backfill) makes a few days right from the captures that usually hold them. `plan_history` (reparse)
takes every capture that can hold them, after a parser has improved; `plan_outdated` and `plan_rejects` take fewer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any

from infra.archive.raw_archive import IndexEntry, Pointer, RawArchive
from infra.base.batches import in_batches
from infra.base.days import Days, is_within
from infra.base.errors import UsageError
from infra.base.known_sources import UNKNOWN_SOURCE, require_source
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.quarantine import rejects_in
from infra.lake.query import Selection
from infra.store.object_store import ObjectStore
from parsers.fields.urls import host_of
from parsers.registry import by_host, sources

# A page is captured once it is published; a clock that is wrong or a zone that is misread costs at most a day.
MARGIN = timedelta(days=1)
# Most pages are captured within a week: feeds and news sitemaps reach back two days, crawls come by in days. Rows that
# came from later captures are found by their own pointers; `reparse` knows no such limit.
LOOKAHEAD = timedelta(days=7)
# A chunk is a Prefect task: seconds of work, and what is held in memory at a time.
CHUNK_BYTES = 16 << 20  # of gzipped WARC records: some 64 MB of pages
CHUNK_CAPTURES = 2_000  # text captures are small: this bounds the rows of one landing
POINTER_COLUMNS = ("capture_uri", "capture_offset", "capture_length")


@dataclass(frozen=True, slots=True)
class ArchivedChunk:
    """Archived captures that are parsed again together.

    `days` are publication days of which the chunks of a plan have all that is archived; None where it claims none.
    """

    source: str
    pointers: tuple[Pointer, ...]
    days: Days | None = None

    def described(self) -> str:
        """For logs."""
        period = f", {self.days.described()}" if self.days else ""
        return f"{self.source}{period} ({len(self.pointers)} captures)"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reparse is asked to take: sources (none: all) and publication days, the last of which is before `end`."""

    names: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    only_rejects: bool = False
    outdated: bool = False

    def __post_init__(self) -> None:
        for name in self.names:
            require_source(name)
        if self.start and self.end:
            Days(self.start, self.end)
        if self.only_rejects and self.outdated:
            raise UsageError(
                "--only-rejects and --outdated exclude each other", "Run one after the other, or neither for all."
            )

    def plan(self, store: ObjectStore) -> list[ArchivedChunk]:
        """Chunks of all sources, one source after the other."""
        chunks = []
        for name in dict.fromkeys(self.names) or sources():
            if self.only_rejects:
                chunks += plan_rejects(store, name, self.start)
            elif self.outdated:
                chunks += plan_outdated(store, name, self.start, self.end)
            else:
                chunks += plan_history(store, name, self.start)
        return chunks


def plan_days(store: ObjectStore, name: str, days: Days) -> list[ArchivedChunk]:
    """Chunks of disjoint captures that make days of a source right from what is archived."""
    lake, wanted = Lake(store), {day.isoformat() for day in days}
    pointers = [entry.pointer for entry in RawArchive(store).entries(name, days.start - MARGIN, days.end + LOOKAHEAD)]
    landed = {
        _pointer(row)
        for _, day, _ in lake.partitions(name)
        if day in wanted
        for row in lake.read_partition(name, day).select(list(POINTER_COLUMNS)).to_pylist()
    }
    return _chunked(name, [*pointers, *sorted(landed.difference(pointers))], days)


def plan_history(store: ObjectStore, name: str, start: date | None = None) -> list[ArchivedChunk]:
    """Chunks with every archived capture that can hold an article of the source published since `start`.

    Captures of no known source count too, where their host is the source's now, or where they have no address and
    only the content can tell. There is no end: a page may be captured years after it was published.
    """
    return _chunked(name, (entry.pointer for entry in _history(store, name, start)))


def plan_outdated(
    store: ObjectStore, name: str, start: date | None = None, end: date | None = None
) -> list[ArchivedChunk]:
    """Chunks with the captures of all rows that an older version of the parser made.

    Other captures of the same addresses are among them: today's parser may make the better row of one of those.
    """
    lake, footers, current = Lake(store), Footers(store), sources()[name].parser_version
    pointers: set[Pointer] = set()
    urls: set[str | None] = set()
    partitions = [(day, info) for _, day, info in lake.partitions(name) if is_within(day, start, end)]
    footers.read_ahead(info for _, info in partitions)
    for day, info in partitions:
        if min(footers.read(info).parser_versions, default=current) >= current:
            continue
        rows = lake.read_partition(name, day).select([*POINTER_COLUMNS, "url", "parser_version"]).to_pylist()
        outdated = [row for row in rows if row["parser_version"] < current]
        pointers |= {_pointer(row) for row in outdated}
        urls |= {row["url"] for row in outdated}
    if not pointers:
        return []
    urls.discard(None)
    chosen = [e.pointer for e in _history(store, name, None) if e.pointer in pointers or e.url in urls]
    return _chunked(name, chain(chosen, sorted(pointers.difference(chosen))))


def plan_rejects(store: ObjectStore, name: str, start: date | None = None) -> list[ArchivedChunk]:
    """Chunks with the captures whose rejection is open, and those of no known source that can be of this one now."""
    first = start - MARGIN if start else None
    unknown = (row for row in rejects_in(store, Selection(UNKNOWN_SOURCE, first)) if _may_be_of(row["url"], name))
    rows = chain(rejects_in(store, Selection(name, first)), unknown)
    found = {(row["captured_at"], _pointer(row)) for row in rows if row["capture_uri"] is not None}
    return _chunked(name, (pointer for _, pointer in sorted(found)))


def _history(store: ObjectStore, name: str, start: date | None) -> Iterator[IndexEntry]:
    archive = RawArchive(store)
    first = start - MARGIN if start else None
    unknown = (entry for entry in archive.entries(UNKNOWN_SOURCE, first) if _may_be_of(entry.url, name))
    return chain(archive.entries(name, first), unknown)


def _pointer(row: dict[str, Any]) -> Pointer:
    return Pointer(*(row[column] for column in POINTER_COLUMNS))


def _may_be_of(url: str | None, name: str) -> bool:
    host = host_of(url)
    source = by_host(host)
    return host is None or (source is not None and source.name == name)


def _chunked(name: str, pointers: Iterable[Pointer], days: Days | None = None) -> list[ArchivedChunk]:
    chunks = in_batches(pointers, lambda each: each.length, most=CHUNK_CAPTURES, max_bytes=CHUNK_BYTES)
    return [ArchivedChunk(name, tuple(chunk), days) for chunk in chunks]

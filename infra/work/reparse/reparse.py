"""The lake rebuilt from the raw archive, without fetching a page again; or only what would come of it.

`plan_days` (run, backfill) makes a few days right from the captures that usually hold them. `plan_history` (reparse)
takes every capture that can hold them, after a parser has improved; `plan_outdated` and `plan_rejects` take fewer.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from tempfile import TemporaryDirectory
from typing import Any, Final

from infra.archive.raw_archive import ArchivedCapture, IndexEntry, Pointer, RawArchive, source_of
from infra.archive.warc import OutsideError
from infra.base.days import Days, is_within
from infra.base.errors import UsageError
from infra.base.known_sources import UNKNOWN_SOURCE, require_source
from infra.base.lanes import in_batches
from infra.base.measures import span
from infra.base.stop import Threads
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import REJECTS, read_rows
from infra.lake.quarantine import rejects_in
from infra.lake.query import Selection
from infra.lake.rejects import RejectState
from infra.store.local_store import LocalStore
from infra.store.object_store import ObjectStore
from infra.store.trial_store import TrialStore
from infra.work.land_outcomes import land_outcomes
from infra.work.reparse.comparison import Comparison, compare
from infra.work.run import MAX_SAMPLES, ParsedCapture, Run, RunReport
from parsers.fields.urls import host_of
from parsers.record.outcome import Rejected, RejectReason
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
    """Archived captures that are parsed again together."""

    source: str
    pointers: tuple[Pointer, ...]
    days: Days | None = None  # publication days of which the chunks of a plan have all that is archived

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
            remedy = "Run one after the other, or neither for all."
            raise UsageError("--only-rejects and --outdated exclude each other", remedy)

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

    There is no end: a page may be captured years after it was published.
    """
    return _chunked(name, (entry.pointer for entry in _history(store, name, start)))


def plan_outdated(
    store: ObjectStore, name: str, start: date | None = None, end: date | None = None
) -> list[ArchivedChunk]:
    """Chunks with the captures of all rows that an older version of the parser made, and others of their addresses."""
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


# Verdicts on how a page arrived. Its bytes alone no longer show them, so they stand whatever a parser would say.
OF_ARRIVAL: Final = {
    reason.value: reason for reason in (RejectReason.ARCHIVE_DAMAGED, RejectReason.TRUNCATED, RejectReason.TOO_LARGE)
}
OUTSIDE: Final = "in a file outside of the lake that is gone or changed"  # as what such pages are counted
Reparse = Callable[[ArchivedChunk, Run], RunReport]


def rebuild(chunks: Sequence[ArchivedChunk], run: Run, reparse: Reparse | None = None) -> RunReport:
    """Parse all chunks of a plan again, one after the other, each with all workers.

    A row that goes, or becomes a lesser one, may have hidden rows that the lake does not keep. Those of earlier chunks
    would win now, so such chunks are done twice, and counted once.
    """
    reparse = reparse or reparse_chunk
    report, repeated = RunReport(), RunReport()
    again: dict[str, int] = {}  # by source: how many of the chunks came before the last one that exposed a row
    for number, chunk in enumerate(chunks):
        done = reparse(chunk, run)
        report += done
        if done.rows_exposed:
            again[chunk.source] = number
    for number, chunk in enumerate(chunks):
        if number < again.get(chunk.source, 0):
            repeated += reparse(chunk, run)
    return report + RunReport(partitions_written=repeated.partitions_written)


def try_out(chunks: Sequence[ArchivedChunk], run: Run, on_chunk: Callable[[ArchivedChunk], None]) -> Comparison:
    """What `rebuild` would change. Nothing is landed: what would be written goes to a temporary folder."""
    with TemporaryDirectory(prefix="newslake-trial-") as folder:
        trial = TrialStore(run.open_store(), LocalStore.at(folder))

        def reparse(chunk: ArchivedChunk, run: Run) -> RunReport:
            done = reparse_chunk(chunk, run, trial)
            on_chunk(chunk)
            return done

        report = rebuild(chunks, run, reparse)
        found = compare(trial)
        found.withheld, found.findings, found.alarms = report.withheld, report.findings, report.alarms
        return found


def reparse_chunk(chunk: ArchivedChunk, run: Run, store: ObjectStore | None = None) -> RunReport:
    """Parse archived captures again and land what they give; rows that moved leave their old partition."""
    with span("chunk", source=chunk.source, run=run.run_id):
        store = store or run.open_store()
        lake = Lake(store)
        archived, lost = _read(store, chunk.pointers)
        refused = _refused_on_arrival(store, archived)
        with span("parse"), run.open_pool() as pool:
            outcomes = pool.parse((each.capture, refused.get(each.pointer)) for each in archived)
            captures = [ParsedCapture(each, outcome) for each, (_, outcome) in zip(archived, outcomes, strict=True)]
        captures = [each for each in captures if not _is_still_unknown(each)]
        # Days on which a capture was got or an article published: without articles, such a day is empty.
        places = {place for each in captures for place in (each.partition, each.day_got) if place}
        looked_at = places & {(chunk.source, day.isoformat()) for day in chunk.days or ()}
        reparsed = {chunk.source: [each.capture.identity for each in archived]}
        return lost + land_outcomes(captures, lake, run, mode="reparse", looked_at=looked_at, reparsed=reparsed)


def _read(store: ObjectStore, pointers: Iterable[Pointer]) -> tuple[list[ArchivedCapture], RunReport]:
    """Captures, several at a time; the report has those whose file outside of the lake is gone or changed."""

    def read(pointer: Pointer) -> ArchivedCapture | str:
        try:
            return ArchivedCapture(RawArchive(store).read(pointer), pointer, new=False)
        except OutsideError as error:
            return str(error)

    with Threads() as pool:
        found = list(pool.map(read, pointers))
    lost = Counter(each for each in found if isinstance(each, str))
    alarms = (f"{number:,} pages keep their rows: {error}" for error, number in lost.most_common(MAX_SAMPLES))
    report = RunReport(failed=+Counter({OUTSIDE: lost.total()}), alarms=tuple(alarms))
    return [each for each in found if not isinstance(each, str)], report


def _refused_on_arrival(store: ObjectStore, archived: Sequence[ArchivedCapture]) -> dict[Pointer, Rejected]:
    """Captures that came in damaged, cut short or too large, and were never parsed for that."""
    cut = {each.pointer: each.capture.captured_at.date().isoformat() for each in archived if each.capture.truncated}
    refused = {}
    for source, day in sorted({(source_of(pointer.uri), day) for pointer, day in cut.items()}):
        for row in read_rows(store, REJECTS, source, day).to_pylist():
            pointer = _pointer(row)
            reason = OF_ARRIVAL.get(row["reason"])
            stands = row["parser_version"] is None and row["state"] == RejectState.OPEN
            if reason and stands and pointer in cut:
                known = None if source == UNKNOWN_SOURCE else source
                refused[pointer] = Rejected(reason, row["detail"], known)
    return refused


def _is_still_unknown(captures: ParsedCapture) -> bool:
    """Whether a capture of no known source is of none now: it was counted, and quarantined, when it came in."""
    source, _ = captures.day_got
    return source == UNKNOWN_SOURCE and captures.archived.pointer.uri.startswith(f"raw/source={UNKNOWN_SOURCE}/")

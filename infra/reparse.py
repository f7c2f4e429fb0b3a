"""The lake rebuilt from the raw archive: which captures can bear on which days, and parsing them again.

Two plans. `plan_days` (run, backfill) makes a few days right from the captures that usually hold them. `plan_history`
(reparse) takes every capture that can hold them, after a parser has improved.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from infra.archive import UNKNOWN_SOURCE, ArchivedCapture, IndexEntry, Pointer, RawArchive
from infra.days import Days
from infra.errors import UsageError
from infra.filing import Examined, Run, file_outcomes
from infra.lake import Lake
from infra.object_store import ObjectStore
from infra.partition import Coverage
from infra.run_report import RunReport
from parsers.registry import by_host, by_name, sources
from parsers.urls import host_of

# A page is captured once it is published; a clock that is wrong or a zone that is misread costs at most a day.
MARGIN = timedelta(days=1)
# Most pages are captured within a week: feeds and news sitemaps reach back two days, crawls come by in days. Rows that
# came from later captures are found by their own pointers; `reparse` knows no such limit.
LOOKAHEAD = timedelta(days=7)
WEEK = timedelta(days=7)  # a task works on one source and one week: seconds to minutes, and a few hundred for years
BATCH_BYTES = 16 << 20  # of gzipped WARC records, some 64 MB of pages: what is held in memory at a time
BATCH_CAPTURES = 2_000  # text captures are small: bounds the rows of one landing


@dataclass(frozen=True, slots=True)
class ArchivedChunk:
    """Archived captures that are parsed again together.

    Attributes:
        source: whose partitions they bear on.
        pointers: the captures.
        days: publication days that these captures make complete, as far as the archive goes; None: none are claimed.
    """

    source: str
    pointers: tuple[Pointer, ...]
    days: Days | None = None

    def described(self) -> str:
        """For logs."""
        period = f", {self.days.described()}" if self.days else ""
        return f"{self.source}{period} ({len(self.pointers)} captures)"


def plan_days(store: ObjectStore, names: Sequence[str], days: Days) -> list[ArchivedChunk]:
    """Chunks, one a source and week, that make days right from what is archived.

    Args:
        store: of the lake.
        names: names of sources; none: all sources.
        days: publication days.

    Returns:
        Chunks with captures only: empty where the archive holds nothing for these days.

    Raises:
        UsageError: there is no such source.
    """
    for name in names:
        require_source(name)
    archive, lake = RawArchive(store), Lake(store)
    chunks = []
    for name in names or sources():
        for week in _weeks(days):
            entries = archive.entries(name, week.start - MARGIN, week.end + LOOKAHEAD)
            pointers = {entry.pointer for entry in entries} | _landed_from(lake, name, week)
            if pointers:
                chunks.append(ArchivedChunk(name, tuple(sorted(pointers)), week))
    return chunks


def plan_history(
    store: ObjectStore, name: str, start: date | None = None, end: date | None = None
) -> list[ArchivedChunk]:
    """Chunks with every archived capture that can hold an article of the source published in a period.

    Captures of no known source count too, where their host is the source's now, or where they have no address and
    only the content can tell.

    Args:
        store: of the lake.
        name: name of the source.
        start: first publication day, None = from the beginning.
        end: publication day after the last one, None = to the end. A page may be captured years after it was
            published, so `end` leaves out no capture; it is checked against `start`.

    Raises:
        UsageError: there is no such source, or `end` is not after `start`.
    """
    require_source(name)
    if start and end:
        Days(start, end)
    archive = RawArchive(store)
    first = start - MARGIN if start else None
    unknown = (entry for entry in archive.entries(UNKNOWN_SOURCE, first) if _may_be_of(entry, name))
    pointers = [entry.pointer for entry in chain(archive.entries(name, first), unknown)]
    return [ArchivedChunk(name, tuple(batch)) for batch in _batches(pointers)]


def reparse_chunk(chunk: ArchivedChunk, run: Run) -> RunReport:
    """Parse archived captures again and land what they give; rows that moved leave their old partition.

    Raises:
        NewslakeError: a capture cannot be read back, or the lake cannot be written.
    """
    store = run.open_store()
    archive, lake = RawArchive(store), Lake(store)
    report = RunReport()
    captured: Counter[str] = Counter()
    published: Counter[tuple[str, str]] = Counter()
    batches = list(_batches(chunk.pointers))
    with run.open_pool() as pool:
        for number, batch in enumerate(batches, start=1):
            archived = [ArchivedCapture(archive.read(pointer), pointer, new=False) for pointer in batch]
            outcomes = pool.parse(each.capture for each in archived)
            examined = [Examined(each, outcome) for each, (_, outcome) in zip(archived, outcomes, strict=True)]
            captured.update(each.capture.captured_at.date().isoformat() for each in archived)
            published.update(each.partition for each in examined if each.partition)
            # Counts are whole once the last capture is parsed; only whole counts may be landed.
            coverage = _coverage(chunk, captured, published) if number == len(batches) else None
            report += file_outcomes(
                examined, lake, run, mode="reparse", coverage=coverage, reparsed={chunk.source: batch}
            )
    return report


def require_source(name: str) -> None:
    """Refuse a name that no source has.

    Raises:
        UsageError: there is no such source.
    """
    if by_name(name) is None:
        raise UsageError(f"there is no source {name!r}", "`newslake sources` lists them.")


def _weeks(days: Days) -> Iterator[Days]:
    start = days.start
    while start < days.end:
        end = min(start + WEEK, days.end)
        yield Days(start, end)
        start = end


def _landed_from(lake: Lake, name: str, days: Days) -> set[Pointer]:
    """The captures that the rows of these days came from, whenever they were got."""
    wanted = {day.isoformat() for day in days}
    pointers = set()
    for _, day, _ in lake.partitions(name):
        if day in wanted:
            table = lake.read_partition(name, day).select(["capture_uri", "capture_offset", "capture_length"])
            pointers |= {Pointer(*row.values()) for row in table.to_pylist()}
    return pointers


def _may_be_of(entry: IndexEntry, name: str) -> bool:
    host = host_of(entry.url)
    source = by_host(host)
    return host is None or (source is not None and source.name == name)


def _batches(pointers: Iterable[Pointer]) -> Iterator[list[Pointer]]:
    batch: list[Pointer] = []
    size = 0
    for pointer in pointers:
        if batch and (len(batch) == BATCH_CAPTURES or size + pointer.length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(pointer)
        size += pointer.length
    if batch:
        yield batch


def _coverage(
    chunk: ArchivedChunk, captured: Counter[str], published: Counter[tuple[str, str]]
) -> dict[tuple[str, str], Coverage]:
    """What the chunk says of its days, once all of it is parsed.

    A day gets coverage if the archive has captures of that very day or articles published on it: a day without
    articles then counts as empty. Of any other day the archive knows nothing, and it stays missing.
    """
    coverage = {}
    for day in chunk.days or ():
        parsed, seen = published[chunk.source, day.isoformat()], captured[day.isoformat()]
        if parsed or seen:
            coverage[chunk.source, day.isoformat()] = Coverage(captured=max(seen, parsed), parsed=parsed)
    return coverage

"""The lake rebuilt from the raw archive: which captures can bear on which days, and parsing them again.

Two plans. `plan_days` (run, backfill) makes a few days right from the captures that usually hold them. `plan_history`
(reparse) takes every capture that can hold them, after a parser has improved.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from infra.archive import UNKNOWN_SOURCE, ArchivedCapture, IndexEntry, Pointer, RawArchive
from infra.days import Days
from infra.filing import Examined, Run, file_outcomes
from infra.known_sources import require_source
from infra.lake import Lake
from infra.object_store import ObjectStore
from infra.partition import Coverage
from infra.run_report import RunReport
from parsers.registry import by_host, sources
from parsers.urls import host_of

# A page is captured once it is published; a clock that is wrong or a zone that is misread costs at most a day.
MARGIN = timedelta(days=1)
# Most pages are captured within a week: feeds and news sitemaps reach back two days, crawls come by in days. Rows that
# came from later captures are found by their own pointers; `reparse` knows no such limit.
LOOKAHEAD = timedelta(days=7)
# A chunk is a Prefect task: seconds of work, and what is held in memory at a time.
CHUNK_BYTES = 16 << 20  # of gzipped WARC records: some 64 MB of pages
CHUNK_CAPTURES = 2_000  # text captures are small: this bounds the rows of one landing


@dataclass(frozen=True, slots=True)
class ArchivedChunk:
    """Archived captures that are parsed again together.

    Attributes:
        source: whose partitions they bear on.
        pointers: the captures, in the order in which they were got.
        days: publication days of which this chunk, with the others of its plan, has all that is archived; None where
            the plan claims no days.
    """

    source: str
    pointers: tuple[Pointer, ...]
    days: Days | None = None

    def described(self) -> str:
        """For logs."""
        period = f", {self.days.described()}" if self.days else ""
        return f"{self.source}{period} ({len(self.pointers)} captures)"


def plan_days(store: ObjectStore, names: Sequence[str], days: Days) -> list[ArchivedChunk]:
    """Chunks that make days right from what is archived.

    Args:
        store: of the lake.
        names: names of sources; none: all sources.
        days: publication days.

    Returns:
        Chunks of disjoint captures; none where the archive holds nothing for these days.

    Raises:
        UsageError: there is no such source.
    """
    for name in names:
        require_source(name)
    archive, lake = RawArchive(store), Lake(store)
    chunks = []
    for name in dict.fromkeys(names) or sources():
        entries = archive.entries(name, days.start - MARGIN, days.end + LOOKAHEAD)
        pointers = [entry.pointer for entry in entries]
        pointers += sorted(_landed_from(lake, name, days).difference(pointers))
        chunks += [ArchivedChunk(name, tuple(chunk), days) for chunk in _chunks(pointers)]
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
    return [ArchivedChunk(name, tuple(chunk)) for chunk in _chunks(pointers)]


def rebuild(
    chunks: Sequence[ArchivedChunk],
    run: Run,
    reparse: Callable[[ArchivedChunk, Run, RunReport], RunReport] | None = None,
) -> RunReport:
    """Parse all chunks of a plan again, one after the other, each with all workers.

    A row that goes, or becomes a lesser one, may have hidden rows of other captures of its article, which the lake
    does not keep. Those that an earlier chunk landed lost to it then and would win now, so such chunks are done twice.

    Args:
        chunks: the plan.
        run: the run.
        reparse: does one chunk; `reparse_chunk` unless it is wrapped into something.

    Returns:
        What was done; captures that were parsed twice are counted once.

    Raises:
        NewslakeError: see `reparse_chunk`.
    """
    reparse = reparse or reparse_chunk
    report, repeated = RunReport(), RunReport()
    again: dict[str, int] = {}  # by source: how many of the chunks came before the last one that exposed a row
    for number, chunk in enumerate(chunks):
        done = reparse(chunk, run, report)
        report += done
        if done.rows_exposed:
            again[chunk.source] = number
    for number, chunk in enumerate(chunks):
        if number < again.get(chunk.source, 0):
            repeated += reparse(chunk, run, repeated)
    return report + RunReport(partitions_written=repeated.partitions_written)


def reparse_chunk(chunk: ArchivedChunk, run: Run, so_far: RunReport) -> RunReport:
    """Parse archived captures again and land what they give; rows that moved leave their old partition.

    Args:
        chunk: the captures.
        run: the run.
        so_far: sum of the reports of the plan's earlier chunks: what is said of a day counts them in.

    Raises:
        NewslakeError: a capture cannot be read back, or the lake cannot be written.
    """
    store = run.open_store()
    archive, lake = RawArchive(store), Lake(store)
    archived = [ArchivedCapture(archive.read(pointer), pointer, new=False) for pointer in chunk.pointers]
    with run.open_pool() as pool:
        outcomes = pool.parse(each.capture for each in archived)
        examined = [Examined(each, outcome) for each, (_, outcome) in zip(archived, outcomes, strict=True)]
    examined = [each for each in examined if not _is_still_unknown(each)]
    coverage = _coverage(chunk, examined, so_far)
    return file_outcomes(
        examined, lake, run, mode="reparse", coverage=coverage, reparsed={chunk.source: chunk.pointers}
    )


def _landed_from(lake: Lake, name: str, days: Days) -> set[Pointer]:
    """The captures that the rows of these days came from, whenever they were got."""
    wanted = {day.isoformat() for day in days}
    pointers = set()
    for _, day, _ in lake.partitions(name):
        if day in wanted:
            table = lake.read_partition(name, day).select(["capture_uri", "capture_offset", "capture_length"])
            pointers |= {Pointer(*row.values()) for row in table.to_pylist()}
    return pointers


def _is_still_unknown(examined: Examined) -> bool:
    """Whether a capture of no known source is of none now: it was counted, and quarantined, when it came in."""
    source, _ = examined.day_got
    return source == UNKNOWN_SOURCE and examined.archived.pointer.uri.startswith(f"raw/source={UNKNOWN_SOURCE}/")


def _may_be_of(entry: IndexEntry, name: str) -> bool:
    host = host_of(entry.url)
    source = by_host(host)
    return host is None or (source is not None and source.name == name)


def _chunks(pointers: Iterable[Pointer]) -> Iterator[list[Pointer]]:
    chunk: list[Pointer] = []
    size = 0
    for pointer in pointers:
        if chunk and (len(chunk) == CHUNK_CAPTURES or size + pointer.length > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(pointer)
        size += pointer.length
    if chunk:
        yield chunk


def _coverage(chunk: ArchivedChunk, examined: Sequence[Examined], so_far: RunReport) -> dict[tuple[str, str], Coverage]:
    """What can be said of the chunk's days after it; counts only grow, so the last chunk leaves the whole ones.

    Only days on which a capture was got or an article published get coverage: such a day without articles counts as
    empty. Of any other day the archive knows nothing, and it stays missing.
    """
    published = Counter(each.partition for each in examined if each.partition)
    got = Counter(each.day_got for each in examined)
    coverage = {}
    for day in chunk.days or ():
        partition = chunk.source, day.isoformat()
        if published[partition] or got[partition]:
            parsed = published[partition] + so_far.articles[partition]
            captured = max(parsed, got[partition] + so_far.got[partition])
            coverage[partition] = Coverage(captured=captured, parsed=parsed)
    return coverage

"""The lake rebuilt from the raw archive, without fetching a page again; or only what would come of it."""

from collections.abc import Callable, Iterable, Sequence
from tempfile import TemporaryDirectory
from typing import Final

from infra.archive.raw_archive import ArchivedCapture, Pointer, RawArchive, source_of
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.base.measures import span
from infra.base.stop import Threads
from infra.lake.lake import Lake, PartitionId
from infra.lake.partition import REJECTS, read_rows
from infra.lake.rejects import RejectState
from infra.store.local_store import LocalStore
from infra.store.object_store import ObjectStore
from infra.store.trial_store import TrialStore
from infra.work.land_outcomes import land_outcomes
from infra.work.reparse.comparison import Comparison, compare
from infra.work.reparse.plan import ArchivedChunk
from infra.work.run import ParsedCapture, Run
from infra.work.run_report import RunReport
from parsers.record.outcome import Rejected, RejectReason

# Verdicts on how a page arrived. Its bytes alone no longer show them, so they stand whatever a parser would say.
OF_ARRIVAL: Final = {
    reason.value: reason for reason in (RejectReason.ARCHIVE_DAMAGED, RejectReason.TRUNCATED, RejectReason.TOO_LARGE)
}
Reparse = Callable[[ArchivedChunk, Run], RunReport]


def rebuild(chunks: Sequence[ArchivedChunk], run: Run, reparse: Reparse | None = None) -> RunReport:
    """Parse all chunks of a plan again, one after the other, each with all workers.

    A row that goes, or becomes a lesser one, may have hidden rows of other captures of its article, which the lake
    does not keep. Those that an earlier chunk landed lost to it then and would win now, so such chunks are done twice.
    Captures that were parsed twice are counted once.
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
        found.withheld, found.findings = report.withheld, report.findings
        return found


def reparse_chunk(chunk: ArchivedChunk, run: Run, store: ObjectStore | None = None) -> RunReport:
    """Parse archived captures again and land what they give; rows that moved leave their old partition."""
    with span("chunk", source=chunk.source, run=run.run_id):
        store = store or run.open_store()
        lake = Lake(store)
        archived = _read(store, chunk.pointers)
        refused = _refused_on_arrival(store, archived)
        with span("parse"), run.open_pool() as pool:
            outcomes = pool.parse((each.capture, refused.get(each.pointer)) for each in archived)
            captures = [ParsedCapture(each, outcome) for each, (_, outcome) in zip(archived, outcomes, strict=True)]
        captures = [each for each in captures if not _is_still_unknown(each)]
        looked_at = _looked_at(chunk, captures)
        reparsed = {chunk.source: [each.capture.identity for each in archived]}
        return land_outcomes(captures, lake, run, mode="reparse", looked_at=looked_at, reparsed=reparsed)


def _read(store: ObjectStore, pointers: Iterable[Pointer]) -> list[ArchivedCapture]:
    """Captures, several at a time; an archive each, as they are not to be shared by threads."""
    with Threads() as pool:
        captures = pool.map(lambda pointer: RawArchive(store).read(pointer), pointers)
        return [
            ArchivedCapture(capture, pointer, new=False) for capture, pointer in zip(captures, pointers, strict=True)
        ]


def _refused_on_arrival(store: ObjectStore, archived: Sequence[ArchivedCapture]) -> dict[Pointer, Rejected]:
    """Captures that came in damaged, cut short or too large, and were never parsed for that."""
    cut = {each.pointer: each.capture.captured_at.date().isoformat() for each in archived if each.capture.truncated}
    refused = {}
    for source, day in sorted({(source_of(pointer.uri), day) for pointer, day in cut.items()}):
        for row in read_rows(store, REJECTS, source, day).to_pylist():
            pointer = Pointer(row["capture_uri"], row["capture_offset"], row["capture_length"])
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


def _looked_at(chunk: ArchivedChunk, captures: Sequence[ParsedCapture]) -> set[PartitionId]:
    """The chunk's days on which a capture was got or an article published: without articles, such a day is empty."""
    days = {(chunk.source, day.isoformat()) for day in chunk.days or ()}
    return days & {place for each in captures for place in (each.partition, each.day_got) if place}

"""A held day landed in spite of what was found, on a person's word."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from infra.archive.raw_archive import Pointer, RawArchive
from infra.base.errors import UsageError
from infra.lake.holds import Hold, HoldState, put_hold, read_hold, released
from infra.lake.lake import Lake
from infra.store.object_store import ObjectStore
from infra.work.reparse.plan import POINTER_COLUMNS, ArchivedChunk, chunked
from infra.work.reparse.reparse import rebuild, reparse_chunk
from infra.work.run import Run
from infra.work.run_report import RunReport


def require_hold(store: ObjectStore, source: str, day: date) -> Hold:
    """The open hold of a day.

    Raises:
        UsageError: the day is not held.
        NewslakeError: the hold cannot be read.
    """
    hold = read_hold(store, source, day.isoformat())
    if hold is None or hold.state is not HoldState.HELD:
        raise UsageError(f"{source} {day} is not held back", "`newslake status` shows the days that are.")
    return hold


def release(hold: Hold, run: Run, reason: str, on_chunk: Callable[[ArchivedChunk], None] = lambda _: None) -> RunReport:
    """Parse the held captures of a day again, land what they give whatever the gate finds, and record why.

    Other days that the same captures bear on are judged as ever. Killed in between, the day stays held: release it
    again.

    Args:
        hold: of the day; open.
        run: the run.
        reason: why; it stands in the hold's object, and for the same findings from now on.
        on_chunk: called with each chunk of captures that is done.

    Raises:
        NewslakeError: a capture cannot be read back, or the lake cannot be written.
    """
    run = replace(run, accept=reason, accepted_days=frozenset({hold.date}))
    store = run.open_store()

    def reparse(chunk: ArchivedChunk, run: Run, so_far: RunReport) -> RunReport:
        done = reparse_chunk(chunk, run, so_far)
        on_chunk(chunk)
        return done

    report = rebuild(plan_release(store, hold), run, reparse)
    left = read_hold(store, hold.source, hold.date)
    if left and left.state is HoldState.HELD:  # the gate found nothing fatal now, or too little to judge by
        put_hold(store, released(left, reason, run.run_id))
    return report


def plan_release(store: ObjectStore, hold: Hold) -> list[ArchivedChunk]:
    """Chunks with everything that was got with the held captures, and with the captures of the day's rows.

    Args:
        store: of the lake.
        hold: of the day.
    """
    archive, pointers = RawArchive(store), dict[Pointer, None]()
    for folder in hold.got:
        source, _, got = folder.partition("/")
        first = date.fromisoformat(got)
        pointers |= dict.fromkeys(entry.pointer for entry in archive.entries(source, first, first + timedelta(days=1)))
    lake = Lake(store)
    if lake.read_manifest(hold.source, hold.date):
        rows = lake.read_partition(hold.source, hold.date).select(list(POINTER_COLUMNS)).to_pylist()
        pointers |= dict.fromkeys(sorted(Pointer(*row.values()) for row in rows))
    return chunked(hold.source, pointers)

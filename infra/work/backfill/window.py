"""A bounded sliding window over the pieces of a backfill: as one ends, the next begins; of one source never two."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import Final

from infra.base.errors import NewslakeError, UsageError
from infra.work.backfill.plan import Batch
from infra.work.run_report import RunReport

MAX_ACTIVE: Final = 16  # each has its own parse workers: beyond this they wait for processors, not for sites


def work_through(
    pieces: Sequence[Batch],
    work: Callable[[Batch], RunReport],
    *,
    max_active: int,
    on_done: Callable[[Batch], None] = lambda _: None,
    stop: Event | None = None,
) -> tuple[RunReport, dict[Batch, NewslakeError]]:
    """Work on pieces, in their order, several sources at a time.

    Args:
        pieces: from `infra.work.backfill.plan.batches_of`.
        work: does one piece; called in a thread.
        max_active: pieces that are worked on at a time, at least 1.
        on_done: called with each piece that has ended, in the calling thread.
        stop: is set once nobody waits for the pieces any more, after Ctrl-C for one: `work` may look at it and end.

    Returns:
        The sum of the reports, and the pieces that failed; those that come after one go on.

    Raises:
        UsageError: `max_active` is out of range.
        Exception: what `work` raises beyond `NewslakeError`: a bug. No piece is begun after it.
    """
    waiting = list(pieces)
    active: dict[Future[RunReport], Batch] = {}
    if not 1 <= max_active <= MAX_ACTIVE:
        raise UsageError(f"max_active {max_active} is out of range", f"Work on 1 to {MAX_ACTIVE} sources at a time.")
    report = RunReport()
    failed: dict[Batch, NewslakeError] = {}
    with ThreadPoolExecutor(max_active, thread_name_prefix="backfill") as threads, _set_at_the_end(stop or Event()):
        while waiting or active:
            while len(active) < max_active and (piece := _next(waiting, active.values())):
                waiting.remove(piece)
                active[threads.submit(work, piece)] = piece
            done, _ = wait(active, return_when=FIRST_COMPLETED)
            for future in done:
                piece = active.pop(future)
                try:
                    report += future.result()
                except NewslakeError as error:
                    failed[piece] = error
                on_done(piece)
    return report, failed


@contextmanager
def _set_at_the_end(stop: Event) -> Iterator[None]:
    try:
        yield
    finally:
        stop.set()


def _next(waiting: Sequence[Batch], active: Collection[Batch]) -> Batch | None:
    """The first piece whose source nobody is at."""
    busy = {piece.source for piece in active}
    return next((piece for piece in waiting if piece.source not in busy), None)


def require_all_done(
    pieces: Sequence[Batch], failed: Mapping[Batch, NewslakeError], what: str = "the same backfill"
) -> None:
    """Say which pieces failed, if any.

    Args:
        pieces: all of them.
        failed: those that failed.
        what: is to be run again.

    Raises:
        NewslakeError: some did.
    """
    if not failed:
        return
    piece, error = next(iter(failed.items()))
    raise NewslakeError(
        f"{len(failed)} of {len(pieces)} pieces failed, the first for {piece.described()}: {error.what}",
        f"{error.remedy} Then run {what} again: it goes on with what is missing.",
    )

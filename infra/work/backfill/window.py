"""A bounded sliding window over the batches of a backfill: as one ends, the next begins; of one source never two."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from threading import Event
from typing import Final

from infra.base.errors import NewslakeError, UsageError
from infra.work.backfill.plan import Batch
from infra.work.run_report import RunReport

MAX_ACTIVE: Final = 16  # each has its own parse workers: beyond this they wait for processors, not for sites


def work_through(
    batches: Sequence[Batch],
    work: Callable[[Batch], RunReport],
    *,
    max_active: int,
    on_done: Callable[[Batch], None] = lambda _: None,
    stop: Event | None = None,
) -> tuple[RunReport, dict[Batch, NewslakeError]]:
    """Work on batches, in their order, several sources at a time.

    Args:
        batches: from `infra.work.backfill.plan.batches_of`.
        work: does one batch; called in a thread. If it raises anything but a NewslakeError, no other batch begins.
        max_active: batches to work on at a time.
        on_done: called with each batch that has ended, in the calling thread.
        stop: is set once nobody waits for the batches any more, such as after Ctrl-C; `work` may look at it and end.

    Returns:
        The sum of the reports, and the batches that failed with a NewslakeError.

    Raises:
        UsageError: `max_active` is out of range.
    """
    waiting = list(batches)
    active: dict[Future[RunReport], Batch] = {}
    if not 1 <= max_active <= MAX_ACTIVE:
        raise UsageError(f"max_active {max_active} is out of range", f"Work on 1 to {MAX_ACTIVE} sources at a time.")
    report = RunReport()
    failed: dict[Batch, NewslakeError] = {}
    with ThreadPoolExecutor(max_active, thread_name_prefix="backfill") as threads, ExitStack() as at_the_end:
        at_the_end.callback((stop or Event()).set)
        while waiting or active:
            while len(active) < max_active and (batch := _next(waiting, active.values())):
                waiting.remove(batch)
                active[threads.submit(work, batch)] = batch
            done, _ = wait(active, return_when=FIRST_COMPLETED)
            for future in done:
                batch = active.pop(future)
                try:
                    report += future.result()
                except NewslakeError as error:
                    failed[batch] = error
                on_done(batch)
    return report, failed


def _next(waiting: Sequence[Batch], active: Collection[Batch]) -> Batch | None:
    """The first batch of a source that no other batch is at work on."""
    busy = {batch.source for batch in active}
    return next((batch for batch in waiting if batch.source not in busy), None)


def require_all_done(
    batches: Sequence[Batch], failed: Mapping[Batch, NewslakeError], what: str = "the same backfill"
) -> None:
    """Raise a NewslakeError that names the batches that failed, if any; `what` is to be run again."""
    if not failed:
        return
    batch, error = next(iter(failed.items()))
    raise NewslakeError(
        f"{len(failed)} of {len(batches)} batches failed, the first for {batch.described()}: {error.what}",
        f"{error.remedy} Then run {what} again: it goes on with what is missing.",
    )

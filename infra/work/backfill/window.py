"""A bounded sliding window over the batches of a backfill: as one ends, the next begins; of one source never two."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextvars import copy_context
from typing import Final

from infra.base.errors import NewslakeError, UsageError
from infra.base.stop import Threads, is_stop
from infra.work.backfill.plan import Batch
from infra.work.run_report import RunReport

MAX_ACTIVE: Final = 16  # each has its own parse workers: beyond this they wait for processors, not for sites
# For batches to keep the pages that they have, once the process is to stop; half of the grace that there is.
LEAVE_SECONDS: Final = 1.5


def work_through(
    batches: Sequence[Batch],
    work: Callable[[Batch], RunReport],
    *,
    max_active: int,
) -> tuple[RunReport, dict[Batch, NewslakeError]]:
    """Work on batches, in their order, several sources at a time; the sum of the reports, and the batches that failed.

    A batch fails by a NewslakeError; after anything else that `work` raises, which is called in threads, no other batch
    begins. It ends by itself where the process is to stop.
    """
    waiting = list(batches)
    active: dict[Future[RunReport], Batch] = {}
    if not 1 <= max_active <= MAX_ACTIVE:
        raise UsageError(f"max_active {max_active} is out of range", f"Work on 1 to {MAX_ACTIVE} sources at a time.")
    report = RunReport()
    failed: dict[Batch, NewslakeError] = {}
    with Threads(max_active, thread_name_prefix="backfill") as threads:
        try:
            while waiting or active:
                while len(active) < max_active and (batch := _next(waiting, active.values())):
                    waiting.remove(batch)
                    # Threads have no context of their own: Prefect's tasks and spans would be nobody's.
                    active[threads.submit(copy_context().run, work, batch)] = batch
                done, _ = wait(active, return_when=FIRST_COMPLETED)
                for future in done:
                    batch = active.pop(future)
                    try:
                        report += future.result()
                    except NewslakeError as error:
                        failed[batch] = error
        except BaseException as error:
            if is_stop(error):
                wait(active, LEAVE_SECONDS)
            raise
    return report, failed


def _next(waiting: Sequence[Batch], active: Collection[Batch]) -> Batch | None:
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

"""A bounded sliding window over the batches of a backfill: as one ends, the next begins; of one source never two."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from infra.base.errors import NewslakeError, UsageError
from infra.base.lanes import side_by_side
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
    if not 1 <= max_active <= MAX_ACTIVE:
        raise UsageError(f"max_active {max_active} is out of range", f"Work on 1 to {MAX_ACTIVE} sources at a time.")
    report = RunReport()
    failed: dict[Batch, NewslakeError] = {}
    done = side_by_side(
        batches,
        lambda each: each.source,
        work,
        NewslakeError,
        most=max_active,
        name="backfill",
        leave_seconds=LEAVE_SECONDS,
    )
    for batch, found in filter(None, done):
        if isinstance(found, NewslakeError):
            failed[batch] = found
        else:
            report += found
    return report, failed


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

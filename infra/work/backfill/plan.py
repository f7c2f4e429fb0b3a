"""Which days a backfill works on, what it does with each, in which batches, and how many at a time.

The lake alone decides what is to be done.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any, Final

from infra.base.choices import Reprocess
from infra.base.days import Days
from infra.base.errors import NewslakeError, UsageError
from infra.base.known_sources import require_source
from infra.base.lanes import side_by_side
from infra.lake.day_states import Day, State, day_grid
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS
from infra.store.object_store import ObjectStore
from infra.work.live.plan import FetchPolicy, reached_days
from infra.work.run import RunReport
from parsers.registry import sources

# Prefect's server takes some 25 ms of a core a task run, and its UI shows a few hundred of them well.
MAX_BATCHES: Final = 200
# A batch takes the slot of its source (up to 2.5 s on SQLite, measured) and asks for the source's lists: little beside
# two minutes at a request a second, which live runs of the source can wait. Where nobody knows how much a source
# publishes, assume twenty requests a day.
BATCH_REQUESTS: Final = 120
ASSUMED_REQUESTS: Final = 20
PARSED_DAYS: Final = 31  # of a batch that sends no request: a month takes seconds
MAX_DAYS: Final = 10 * 366  # O01: ten years are deliberate; more is a slip in the year


class Action(StrEnum):
    """What is done with a day."""

    NOTHING = "nothing"  # it is as asked for
    PARSE = "parse"  # from what is archived, no request
    FETCH = "fetch"  # from what is archived, then from the source


FAILED_STATES: Final = {State.DAMAGED, State.REJECTS, State.SUSPECT}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillRequest:
    """What a backfill is asked for; without names, for all sources. UsageError: no such source, or over ten years."""

    days: Days
    names: tuple[str, ...] = ()
    reprocess: Reprocess = Reprocess.MISSING
    only_archive: bool = False

    def __post_init__(self) -> None:
        for name in self.names:
            require_source(name)
        length = (self.days.end - self.days.start).days
        if length > MAX_DAYS:
            what = f"{self.days.described()} are {length:,} days"
            raise UsageError(what, f"Ask for at most {MAX_DAYS:,} days at a time.")


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """One day of one source: its state, and what to do about it."""

    source: str
    day: date
    state: State
    action: Action
    requests: int | None = 0  # about how many that takes; None where nobody knows how much the source publishes

    def as_json(self) -> dict[str, Any]:
        """Plain values, for `--json`."""
        values = asdict(self)
        return {"source": values.pop("source"), "date": values.pop("day"), **values}


@dataclass(frozen=True, slots=True)
class Batch:
    """Days of one source that are worked on together: a Prefect task."""

    source: str
    days: Days
    policy: FetchPolicy

    def described(self) -> str:
        """For logs."""
        return f"{self.source}, {self.days.described()}"


def plan_backfill(store: ObjectStore, request: BackfillRequest, *, now: datetime) -> list[PlannedDay]:
    """Every day of the range for every source, in the order of the work, from the index of days alone."""
    names = tuple(dict.fromkeys(request.names))
    days: defaultdict[str, list[Day]] = defaultdict(list)
    for day in day_grid(store, request.days.start, request.days.end, names):
        days[day.source].append(day)
    planned = []
    # Without names, sources that the lake knows: nobody means to ask the sites of all that come with newslake.
    wanted = names or sorted(days.keys() & sources())
    if not wanted:
        raise UsageError("the lake knows no source yet", "Name those to begin with.")
    for name in wanted:
        grid = days[name]
        reached = reached_days(sources()[name], request.days, now.date())
        counts = [day.articles for day in grid if day.articles]
        usual = round(median(counts)) if counts else None  # articles of a day, as far as the range knows
        planned += [_planned(day, request, reached, usual, now) for day in grid]
    planned.sort(key=lambda each: each.source)
    return sorted(planned, key=lambda each: each.day, reverse=True)  # stable: sources stay in order


def batches_of(planned: Sequence[PlannedDay], request: BackfillRequest) -> list[Batch]:
    """Days in a row that are worked on together: some minutes of work, or more where there would be thousands."""
    wanted = [each for each in planned if each.action is not Action.NOTHING]
    least = -(-len(wanted) // MAX_BATCHES)
    gathered: defaultdict[str, list[PlannedDay]] = defaultdict(list)
    batches: list[Batch] = []
    for each in wanted:
        run = gathered[each.source]
        joins = run and run[-1].action is each.action and abs((each.day - run[-1].day).days) == 1
        if run and (_is_full(run, least) or not joins):
            batches.append(_batch(run, request))
            gathered[each.source] = run = []
        run.append(each)
    batches += [_batch(run, request) for run in gathered.values() if run]
    return batches


def _is_full(run: Sequence[PlannedDay], least: int) -> bool:
    if run[0].action is Action.PARSE:
        return len(run) >= max(least, PARSED_DAYS)
    requests = sum(ASSUMED_REQUESTS if day.requests is None else day.requests for day in run)
    return len(run) >= least and requests >= BATCH_REQUESTS


def _batch(run: Sequence[PlannedDay], request: BackfillRequest) -> Batch:
    days = sorted(each.day for each in run)
    policy = FetchPolicy(
        only_archive=run[0].action is Action.PARSE,
        rebuild=True,
        pending_too=request.reprocess in (Reprocess.FAILED, Reprocess.ALL),
    )
    return Batch(run[0].source, Days(days[0], days[-1] + timedelta(days=1)), policy)


def _planned(day: Day, request: BackfillRequest, reached: Days | None, usual: int | None, now: datetime) -> PlannedDay:
    on = date.fromisoformat(day.date)
    lists = reached is not None and on >= reached.start and not request.only_archive
    pending = 0 if request.only_archive or not day.account else day.account.pending
    is_due = pending > 0 and _is_due(day, request, now)
    asks = lists or is_due
    is_missing = _is_missing(day, lists=lists, is_due=is_due)
    is_bad = day.state in FAILED_STATES or bool(day.rejects)
    wanted = {
        Reprocess.MISSING: is_missing,
        Reprocess.OUTDATED: day.outdated,
        # A partial day that nobody can ask about any more is as good as it gets: parsing it again changes nothing.
        Reprocess.FAILED: is_missing or is_bad or (asks and not day.is_whole),
        Reprocess.ALL: True,
    }
    if not wanted[request.reprocess]:
        return PlannedDay(day.source, on, day.state, Action.NOTHING)
    # An older parser is no reason to ask the source: all that is needed is archived.
    if not asks or (request.reprocess is Reprocess.OUTDATED and day.was_asked):
        return PlannedDay(day.source, on, day.state, Action.PARSE)
    listed = len(sources()[day.source].discovery) + 1 if lists else 1  # and the robots file
    left: int | None = pending
    if not day.was_asked:
        left = None if usual is None else max(0, usual - day.articles)
    return PlannedDay(day.source, on, day.state, Action.FETCH, None if left is None else left + listed)


def _is_missing(day: Day, *, lists: bool, is_due: bool) -> bool:
    """Whether something of a day is lacking that a run may get now."""
    if day.lost:
        return True
    if not (lists or is_due):  # a reparse says that it was there; articles without a word on their day may be another's
        return not day.looked_at and not day.was_asked
    # Whether the day's lists were read whole after it ended, so that only pages are lacking.
    is_read = day.account is not None and replace(day.account, pending=0).is_whole(date.fromisoformat(day.date))
    return not day.is_whole and (is_due or not is_read)


def _is_due(day: Day, request: BackfillRequest, now: datetime) -> bool:
    if request.reprocess in (Reprocess.FAILED, Reprocess.ALL):
        return True
    due = day.account.next_due_at if day.account else None
    return due is None or due <= now


def unreached(store: ObjectStore, planned: Sequence[PlannedDay], request: BackfillRequest) -> RunReport:
    """Days that a backfill found missing, that no list reaches any more, and of which the lake still knows nothing."""
    if request.only_archive:
        return RunReport()
    beyond = [each for each in planned if each.state is State.MISSING and each.action is Action.PARSE]
    left = {(each.source, each.day.isoformat()) for each in beyond}
    for source in {source for source, _ in left}:
        left -= {(source, day) for kind in (ARTICLES, REJECTS) for _, day, _ in Lake(store).partitions(source, kind)}
    return RunReport(unreached=Counter(left))


def totals(planned: Sequence[PlannedDay]) -> Mapping[str, int]:
    """Days by action, and about how many requests in all."""
    counts = {action.value: sum(each.action is action for each in planned) for action in Action}
    return counts | {"requests": sum(each.requests or 0 for each in planned)}


MAX_ACTIVE: Final = 16  # each has its own parse workers: beyond this they wait for processors, not for sites
# For batches to keep the pages that they have, once the process is to stop; half of the grace that there is.
LEAVE_SECONDS: Final = 1.5


def work_through(
    batches: Sequence[Batch], work: Callable[[Batch], RunReport], *, max_active: int
) -> tuple[RunReport, dict[Batch, NewslakeError]]:
    """Work on batches, in their order, several sources at a time: the sum of the reports, and which batches failed."""
    if not 1 <= max_active <= MAX_ACTIVE:
        raise UsageError(f"max_active {max_active} is out of range", f"Work on 1 to {MAX_ACTIVE} sources at a time.")
    report = RunReport()
    failed: dict[Batch, NewslakeError] = {}
    lanes = side_by_side(
        batches,
        lambda each: each.source,
        work,
        NewslakeError,
        most=max_active,
        name="backfill",
        leave_seconds=LEAVE_SECONDS,
    )
    for batch, found in filter(None, lanes):
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

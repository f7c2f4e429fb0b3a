"""Flow: one source, one day. What the schedules run."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Final, cast

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.concurrency.sync import concurrency
from prefect.context import FlowRunContext
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Completed

from flows.jobs.alerts import MOST, OF_SOURCE
from flows.jobs.artifacts import Progress, publish, publish_links
from flows.jobs.interface import LagDays, SourceName, in_one_line
from flows.jobs.start import begin_run
from flows.reports.plan import BatchProgress
from infra.base.days import Days, require_begun
from infra.base.errors import NewslakeError
from infra.work.backfill.plan import Batch, work_through
from infra.work.live.plan import FetchPolicy, LivePlan
from infra.work.live.run_days import preview_days, require_askable, run_days
from infra.work.run import Run, RunReport

SKIPPED: Final = "Skipped"  # name of the state, for people; its type is COMPLETED
# States of runs that do the work or have done it. One that failed has not.
LIVE_STATES: Final = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.COMPLETED]


def day_of(scheduled: datetime, lag_days: int) -> date:
    """The UTC day that a scheduled run lands: by its scheduled time, never by the clock."""
    return scheduled.astimezone(UTC).date() - timedelta(days=lag_days)


def newest_by_day(runs: Iterable[FlowRun]) -> dict[date, FlowRun]:
    """For each day the run that does the work of all."""
    return {_day_of_run(run): run for run in sorted(runs, key=lambda run: (_scheduled(run), run.id))}


def skipped_for_newer_run() -> State | None:
    """End due runs that a newer one makes superfluous; if this run is one, return the state that it is to end in."""
    context = FlowRunContext.get()
    mine = context.flow_run if context else None
    if mine is None or not mine.auto_scheduled or mine.deployment_id is None:
        return None  # started by hand
    with get_client(sync_client=True) as client:
        due = {run.id: run for run in _due_beside(client, mine)}
        newest = newest_by_day(due.values())
        for run in due.values():
            if run.state_type is StateType.SCHEDULED and run.id != mine.id and newest[_day_of_run(run)] is not run:
                client.set_flow_run_state(run.id, _skipped(newest[_day_of_run(run)]))
    kept = newest[_day_of_run(due[mine.id])] if mine.id in due else mine
    return _skipped(kept) if kept.id != mine.id else None


def _scheduled(run: FlowRun) -> datetime:
    return cast("datetime", run.expected_start_time)  # which those that a schedule has made have


def _day_of_run(run: FlowRun) -> date:
    return day_of(_scheduled(run), run.parameters.get("lag_days", 1))


def _skipped(newer: FlowRun) -> State:
    when = _scheduled(newer).astimezone(UTC)
    return Completed(
        name=SKIPPED, message=f"the run scheduled for {when:%Y-%m-%d %H:%M} UTC lands {_day_of_run(newer)}, too"
    )


def _due_beside(client: SyncPrefectClient, mine: FlowRun) -> list[FlowRun]:
    """The scheduled runs of the same deployment from this one on, with the same parameters except for the lag."""
    alive = {"type": {"any_": LIVE_STATES}, "name": {"not_any_": [SKIPPED]}}
    due = {"after_": mine.expected_start_time, "before_": datetime.now(UTC)}
    of = {"any_": [mine.deployment_id]}
    wanted = FlowRunFilter.model_validate({"deployment_id": of, "state": alive, "expected_start_time": due})
    found: list[FlowRun] = []
    while len(page := client.read_flow_runs(flow_run_filter=wanted, limit=MOST, offset=len(found))) == MOST:
        found += page
    same = {**mine.parameters, "lag_days": None}
    alike = (run for run in [*found, *page] if {**run.parameters, "lag_days": None} == same)
    return [run for run in alike if run.auto_scheduled and run.expected_start_time]


# A run that is killed cannot give its slot back: the server does, a quarter of a minute (its own clean-up) after this.
# Prefect's default of 300 would keep the site's next run waiting for five minutes. It must hold for three tries to
# renew, which begin after three quarters of it; Prefect takes 60 as the least.
LEASE_SECONDS: Final = 60


@contextmanager
def source_slot(source: str, say: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the slot of a source; where another run has it, `say` so and wait.

    If the server cannot be reached for most of a minute, the slot is lost and Prefect ends the work: better than two
    runs on one site. What is stored stays, and the next run goes on from there. `strict`: without a limit on the
    server, the slot would silently be none (measured).
    """
    name = OF_SOURCE + source  # of a global concurrency limit
    with get_client(sync_client=True) as client:
        try:
            limit = client.read_global_concurrency_limit_by_name(name)  # people may have changed its size
        except ObjectNotFound:
            with suppress(ObjectAlreadyExists):  # since: by another first run of the source
                client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=1))
        else:
            if limit.active_slots >= limit.limit:
                say(f"{source}: waiting for its slot, since another run is at the site")
    with concurrency(name, occupy=1, strict=True, lease_duration=LEASE_SECONDS):
        yield


# No cache: the lake itself knows what is landed; a cached task would skip what an emptied lake needs again.
@task(name="source-days", task_run_name="{source}-{days.start}", cache_policy=NO_CACHE, persist_result=False)
def source_days_task(source: str, days: Days, policy: FetchPolicy, run: Run, progress: Progress) -> RunReport:
    """Find, fetch, archive, parse and land some days of one source."""
    logger, label = get_run_logger(), f"{source}, {days.described()}"
    with BatchProgress(label, progress.advance) as batch, source_slot(source, logger.info):

        def on_plan(plan: LivePlan) -> None:
            logger.info("%s: %s", label, plan.summary())
            batch.pages = len(plan.wanted)

        report = run_days(source, days, policy, run, on_plan=on_plan, on_page=batch.page)
    logger.info("%s: %s", label, report.summary())
    return report


def run_batches(
    batches: Sequence[Batch], run: Run, max_active: int, key: str
) -> tuple[RunReport, dict[Batch, NewslakeError]]:
    """Run a task for each batch, several sources at a time: the sum of the reports, and the batches that failed."""
    require_askable(((each.source, each.days, each.policy) for each in batches), run.settings)
    progress = Progress(key, len(batches))

    def work(batch: Batch) -> RunReport:
        return source_days_task(batch.source, batch.days, batch.policy, run, progress)

    return work_through(batches, work, max_active=max_active)


def _run_name() -> str:
    parameters = runtime.flow_run.parameters
    return f"{parameters['source']}-{_day(parameters['day'], parameters['lag_days'])}"


def _day(day: date | None, lag_days: int) -> date:
    return day or day_of(runtime.flow_run.scheduled_start_time, lag_days)


@flow(name="run", flow_run_name=_run_name, persist_result=False)
@in_one_line
def run(
    source: SourceName,
    day: date | None = None,
    lag_days: LagDays = 1,
    dry_run: bool = False,
    only_archive: bool = False,
    lake: str = "",
) -> RunReport:
    """Land one publication day (UTC) of one source: archived pages first, then what else the source lists.

    Args:
        source: Name of the source.
        day: Publication day, UTC. Empty: the day of this run's scheduled time less the lag.
        lag_days: How many days before its scheduled time a run without a day lands: 0 today, 1 yesterday.
        dry_run: Read only the source's lists, and show as an artifact what would be fetched.
        only_archive: Send no request to the source.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    days = Days.one(_day(day, lag_days))
    require_begun(days, datetime.now(UTC))
    if day is None and (skipped := skipped_for_newer_run()):
        return cast("RunReport", skipped)  # Prefect takes a state that a flow returns for its last one
    context = begin_run(lake)
    policy = FetchPolicy(only_archive=only_archive, rebuild=only_archive)
    require_askable([(source, days, policy)], context.settings)
    if dry_run:
        publish_links(*preview_days(source, days, policy, context), source, days)
        return RunReport()
    report = source_days_task(source, days, policy, context, Progress("run-progress", 1))
    publish("run", report, context, [source], days)
    return report

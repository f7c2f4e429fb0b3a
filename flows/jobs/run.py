"""Flow: one source, one day. What the schedules run."""

from collections.abc import Sequence
from contextvars import copy_context
from datetime import UTC, date, datetime
from typing import cast

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE

from flows.jobs.artifacts import publish
from flows.jobs.interface import LagDays, SourceName, in_one_line
from flows.jobs.late_runs import day_of, skipped_for_newer_run
from flows.jobs.progress import Progress
from flows.jobs.slots import source_slot
from flows.jobs.start import begin_run
from infra.base.days import Days, require_begun
from infra.base.errors import NewslakeError
from infra.work.backfill.plan import Batch
from infra.work.backfill.window import work_through
from infra.work.live.plan import FetchPolicy, LivePlan
from infra.work.live.run_days import require_askable, run_days
from infra.work.run import Run
from infra.work.run_report import RunReport


# No cache: the lake itself knows what is landed; a cached task would skip what an emptied lake needs again.
@task(name="source-days", task_run_name="{source}-{days.start}", cache_policy=NO_CACHE, persist_result=False)
def source_days_task(source: str, days: Days, policy: FetchPolicy, run: Run, progress: Progress) -> RunReport:
    """Find, fetch, archive, parse and land some days of one source."""
    logger, label = get_run_logger(), f"{source}, {days.described()}"
    with progress.piece(label) as batch, source_slot(source, logger.info):

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
    context = copy_context()  # of the flow run: threads have none of their own, and tasks would be nobody's

    def work(batch: Batch) -> RunReport:
        return context.copy().run(source_days_task, batch.source, batch.days, batch.policy, run, progress)

    return work_through(batches, work, max_active=max_active)


def _run_name() -> str:
    """The name that a person finds the run by: source and day."""
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
    only_archive: bool = False,
    lake: str = "",
) -> RunReport:
    """Land one publication day (UTC) of one source: archived pages first, then what else the source lists.

    Args:
        source: Name of the source.
        day: Publication day, UTC. Empty: the day of this run's scheduled time less the lag.
        lag_days: How many days before its scheduled time a run without a day lands: 0 today, 1 yesterday.
        only_archive: Send no request to the source.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    days = Days.one(_day(day, lag_days))
    require_begun(days, datetime.now(UTC))
    if day is None and (skipped := skipped_for_newer_run()):
        return cast("RunReport", skipped)  # Prefect takes a state that a flow returns for its last one
    context = begin_run(lake)
    policy = FetchPolicy(only_archive=only_archive, rebuild=only_archive)
    report = source_days_task(source, days, policy, context, Progress("run-progress", 1))
    publish("run", report, context, [source], days)
    return report

"""Flow: complete a range of days of some sources, from the archive first, from the sources second."""

from datetime import UTC, date, datetime

from prefect import flow, get_run_logger

from flows.jobs.artifacts import publish, publish_plan
from flows.jobs.interface import MaxActive, ReprocessName, SourceName, in_one_line
from flows.jobs.run import run_batches
from flows.jobs.start import begin_run
from infra.base.choices import Reprocess
from infra.base.days import Days, require_begun
from infra.work.backfill.plan import BackfillRequest, batches_of, plan_backfill, require_all_done, unreached
from infra.work.run import RunReport


@flow(name="backfill", flow_run_name="backfill-{start}-{end}", persist_result=False)
@in_one_line
def backfill(
    start: date,
    end: date,
    sources: list[SourceName] = [],  # noqa: B006 - Prefect's form shows it
    dry_run: bool = False,
    reprocess: ReprocessName = "missing",
    reason: str = "",
    max_active: MaxActive = 2,
    only_archive: bool = False,
    lake: str = "",
) -> RunReport:
    """Complete a range of days, from the archive first, from the sources second. `end` is left out.

    Tick *dry run* first. Cancel at any time; the same run again continues where it stopped.

    Args:
        start: First publication day, UTC.
        end: The day after the last one, UTC: this day itself is left out. For one day alone: the day after start.
        sources: Names of the sources. Empty: a dry run of all that the lake knows.
        dry_run: Only show, as an artifact, each day, its state, what would be done, and about how many requests.
        reprocess: Which days. "missing": those that no run has looked at as a whole. "outdated": with rows of an older
            parser. "failed": partial, suspect or with open rejections, and the missing ones. "all": every day.
        reason: Why this is done; recorded with the run.
        max_active: How many sources are worked on at a time, 1 to 16.
        only_archive: Send no request to the sources.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    now = datetime.now(UTC)
    request = BackfillRequest(
        days=Days(start, end), names=tuple(sources), reprocess=Reprocess(reprocess), only_archive=only_archive
    )
    require_begun(request.days, now)
    run = begin_run(lake)
    planned = plan_backfill(run.open_store(), request, now=now)
    publish_plan(planned, request, reason)
    if dry_run or not sources:
        if not dry_run:
            get_run_logger().warning("no source is chosen, so this was a dry run: choose those to ask")
        return RunReport()
    batches = batches_of(planned, request)
    report, failed = run_batches(batches, run, max_active, "backfill-progress")
    report += RunReport(alarms=tuple(f"{batch.described()}: {error}" for batch, error in failed.items()))
    report += unreached(run.open_store(), planned, request)
    publish("backfill", report, run, {each.source for each in planned}, request.days)
    require_all_done(batches, failed)
    return report

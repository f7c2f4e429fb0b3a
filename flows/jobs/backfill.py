"""Flows: complete a range of days; and repair what an outage left behind, which `maintain` does four times a day."""

from datetime import UTC, date, datetime

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact

from flows.jobs.alerts import tell_of_lake
from flows.jobs.artifacts import publish, publish_plan
from flows.jobs.interface import MaxActive, ReprocessName, SourceName, in_one_line
from flows.jobs.run import run_batches
from flows.jobs.start import begin_run
from flows.reports.plan import repair_rows
from infra.base.choices import Reprocess
from infra.base.days import Days, require_begun
from infra.lake.suspects import suspect_days
from infra.upkeep.repair import plan_repairs, upgrade
from infra.work.backfill.plan import BackfillRequest, batches_of, plan_backfill, require_all_done, unreached
from infra.work.run_report import RunReport


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


@flow(name="maintain", flow_run_name="maintain", persist_result=False)
@in_one_line
def maintain(
    sources: list[SourceName] = [],  # noqa: B006 - Prefect's form shows it
    max_active: MaxActive = 2,
    dry_run: bool = False,
    lake: str = "",
) -> RunReport:
    """Repair days before today that are missing or partial and still listed; name gaps that only an archive fills.

    Four times a day, for the sources that were on when `newslake up` or `newslake deploy` last ran; off if none was.
    Partitions that an older newslake wrote are written anew. If nothing is missing, it sends no request.

    Args:
        sources: Names of the sources. Empty: all that the lake knows.
        dry_run: Only show, as an artifact, what would be repaired and what would be left; send no request.
        max_active: How many sources are worked on at a time, 1 to 16.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    logger = get_run_logger()
    run = begin_run(lake)
    store = run.open_store()
    repairs = plan_repairs(store, now=datetime.now(UTC), names=sources, relist=not dry_run)
    logger.info("%s", repairs.summary())
    create_table_artifact(repair_rows(repairs), key="repairs", description=repairs.summary())
    batches = [] if dry_run else repairs.batches
    if not dry_run:
        upgrade(store, repairs.old)
    report, failed = run_batches(batches, run, max_active, "maintain-progress")
    report += RunReport(alarms=repairs.alarms)
    publish("maintain", report, run, {batch.source for batch in batches}, repairs.days)
    if not dry_run:
        tell_of_lake(
            plan_repairs(store, now=datetime.now(UTC), names=sources), suspect_days(store), run.settings.lake, sources
        )
    require_all_done(batches, failed, "maintain")
    return report

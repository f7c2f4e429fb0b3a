"""Flow: repair what an outage left behind, and say what is beyond repair. What `maintain` runs four times a day."""

from datetime import UTC, datetime

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact

from flows.jobs.alerts import tell_of_lake
from flows.jobs.artifacts import publish
from flows.jobs.interface import MaxActive, SourceName, in_one_line
from flows.jobs.run import run_batches
from flows.jobs.start import begin_run
from flows.reports.plan import repair_rows
from infra.lake.suspects import suspect_days
from infra.upkeep.repair import plan_repairs, upgrade
from infra.work.backfill.plan import require_all_done
from infra.work.ingest import land_left
from infra.work.run import RunReport


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
    left = RunReport() if dry_run else land_left(run)  # of an ingest that was killed
    repairs = plan_repairs(store, now=datetime.now(UTC), names=sources, relist=not dry_run)
    logger.info("%s", repairs.summary())
    create_table_artifact(repair_rows(repairs), key="repairs", description=repairs.summary())
    batches = [] if dry_run else repairs.batches
    if not dry_run:
        upgrade(store, repairs.old)
    report, failed = run_batches(batches, run, max_active, "maintain-progress")
    report += left + RunReport(alarms=repairs.alarms)
    publish("maintain", report, run, {batch.source for batch in batches}, repairs.days)
    if not dry_run:
        tell_of_lake(
            plan_repairs(store, now=datetime.now(UTC), names=sources), suspect_days(store), run.settings.lake, sources
        )
    require_all_done(batches, failed, "maintain")
    return report

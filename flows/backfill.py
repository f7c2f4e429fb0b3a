"""Flow: make a range of days of some sources right, from what is archived first, from the sources second."""

from contextvars import copy_context
from datetime import UTC, date, datetime

from prefect import flow, get_run_logger

from flows.artifacts import publish, publish_plan
from flows.parameters import DirectionName, PreferName, ReprocessName, SourceName
from flows.run import source_days_task
from flows.start import begin_run
from infra.backfill import require_all_done, work_through
from infra.backfill_plan import Direction, Piece, Reprocess, Wish, pieces_of, plan_backfill, totals
from infra.days import Days, require_begun
from infra.preference import Preference
from infra.run_report import RunReport


@flow(name="backfill", flow_run_name="backfill-{start}-{end}", persist_result=False)
def backfill(
    start: date,
    end: date,
    sources: list[SourceName] = [],  # noqa: B006 - Prefect's form shows it
    reprocess: ReprocessName = "missing",
    order: DirectionName = "newest",
    prefer: PreferName = "archive",
    only_archive: bool = False,
    max_active: int = 2,
    dry_run: bool = False,
    reason: str = "",
    accept: str = "",
    lake: str = "",
) -> RunReport:
    """Make the days from start up to, and without, end right. Run the same again after whatever happened: it goes on.

    Args:
        start: First publication day, UTC.
        end: First publication day left out, UTC: to fill one day, the day after start.
        sources: Names of the sources. Empty: all sources.
        reprocess: Which days. "missing": those that no run has looked at as a whole. "outdated": with rows of an older
            parser. "failed": partial, held back or with open rejections, and the missing ones. "all": every day.
        order: From which end: "newest" or "oldest" first.
        prefer: Where pages come from first, after the raw archive: "archive" asks the configured CDX index before the
            sources, "network" after them.
        only_archive: Send no request to the sources.
        max_active: How many sources are worked on at a time, 1 to 16.
        dry_run: Only show, as an artifact, each day, its state, what would be done, and about how many requests.
        reason: Why this is done; recorded with the run.
        accept: Why days are to be landed whatever the quality gate finds. Empty: it holds back what looks broken.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    logger = get_run_logger()
    now = datetime.now(UTC)
    wish = Wish(
        days=Days(start, end),
        names=tuple(sources),
        reprocess=Reprocess(reprocess),
        direction=Direction(order),
        prefer=Preference(prefer),
        only_archive=only_archive,
    )
    require_begun(wish.days, now)
    run = begin_run(lake, accept)
    planned = plan_backfill(run.open_store(), wish, today=now.date())
    publish_plan(planned, wish, reason)
    if dry_run:
        return RunReport()
    pieces = pieces_of(planned, wish)
    logger.info("%s; %s", totals(planned), reason or "no reason given")
    context = copy_context()  # of the flow run: threads have none of their own, and tasks would be nobody's

    def work(piece: Piece) -> RunReport:
        return context.copy().run(source_days_task, piece.source, piece.days, piece.order, run)

    report, failed = work_through(pieces, work, max_active=max_active)
    publish("backfill", report, run)
    require_all_done(pieces, failed)
    return report

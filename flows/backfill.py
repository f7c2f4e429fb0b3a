"""Flow: fill a range of days of some sources from what is archived."""

from datetime import UTC, date, datetime

from prefect import flow

from flows.parameters import SourceName
from flows.rebuild import rebuild
from flows.start import begin_run
from infra.days import Days, require_begun
from infra.reparse_plan import plan_days
from infra.run_report import RunReport


@flow(name="backfill", persist_result=False)
def backfill(start: date, end: date, sources: list[SourceName] = [], lake: str = "") -> RunReport:  # noqa: B006
    """Land the days from start up to, and without, end, from what the archive holds.

    Args:
        start: First publication day, UTC.
        end: First publication day left out, UTC: to fill one day, the day after start.
        sources: Names of the sources. Empty: all sources.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    days = Days(start, end)
    require_begun(days, datetime.now(UTC))
    run = begin_run(lake)
    return rebuild("backfill", plan_days(run.open_store(), sources, days), run)

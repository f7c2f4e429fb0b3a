"""Flow: one source, one day. What the schedules run."""

from datetime import UTC, date, datetime, timedelta

from prefect import flow, runtime

from flows.parameters import SourceName
from flows.rebuild import rebuild
from flows.start import begin_run
from infra.days import Days, require_begun
from infra.reparse_plan import plan_days
from infra.run_report import RunReport

LAG = timedelta(days=1)  # a run lands the day before its scheduled one: that day is over in UTC


@flow(name="run", flow_run_name="run-{source}", persist_result=False)
def run(source: SourceName, day: date | None = None, lake: str = "") -> RunReport:
    """Land one publication day of one source, from what the archive holds.

    Args:
        source: Name of the source.
        day: Publication day, UTC. Empty: the day before the scheduled time of this run.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    # Of the scheduled time, never of the clock: a run that starts hours late must land the day it was meant for.
    chosen = day or (runtime.flow_run.scheduled_start_time.astimezone(UTC) - LAG).date()
    days = Days.one(chosen)
    require_begun(days, datetime.now(UTC))
    context = begin_run(lake)
    return rebuild("run", plan_days(context.open_store(), [source], days), context)

"""Flow: rebuild history from the raw archive, without fetching a page again."""

from datetime import date

from prefect import flow

from flows.parameters import SourceName
from flows.rebuild import rebuild
from flows.start import begin_run
from infra.reparse_plan import plan_history
from infra.run_report import RunReport


@flow(name="reparse", persist_result=False)
def reparse(source: SourceName, start: date | None = None, end: date | None = None, lake: str = "") -> RunReport:
    """Parse again everything that the archive holds of a source; move or replace what changed.

    Args:
        source: Name of the source.
        start: First publication day (UTC) that must be right afterwards. Empty: from the beginning.
        end: First publication day (UTC) left out. Empty: up to today.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    run = begin_run(lake)
    return rebuild("reparse", plan_history(run.open_store(), source, start, end), run)

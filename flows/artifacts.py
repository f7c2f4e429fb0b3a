"""What Prefect's UI keeps of a run: one Markdown artifact and one line in the log."""

from collections.abc import Sequence

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.gate_report import emit_findings
from flows.held_text import findings_markdown
from flows.report import plan_rows, plan_summary, summary_markdown
from infra.backfill_plan import PlannedDay, Wish
from infra.filing import Run
from infra.holds import read_holds
from infra.run_report import RunReport

SHOWN_ROWS = 10_000  # rows of a table artifact that Prefect's UI still pages through well (measured)


def publish(key: str, report: RunReport, run: Run) -> None:
    """Publish what a run did.

    Args:
        key: name of the artifact: lowercase letters, digits and dashes, all that Prefect takes.
        report: what the run did.
        run: the run.
    """
    logger = get_run_logger()
    if report.captures == 0:
        logger.info("nothing to do: no capture was found")
    logger.info("%s", report.summary())
    limit = run.settings.quarantine_limit
    if report.lost_share > limit:
        logger.warning("%.0f %% of the pages gave no article, over the limit of %.0f %%",
                       100 * report.lost_share, 100 * limit)  # fmt: skip
    for alarm in report.alarms:
        logger.warning("look at this: %s", alarm)
    markdown = summary_markdown(report, run.settings.lake, run.run_id)
    if report.findings:
        holds = read_holds(run.open_store())
        emit_findings(report.findings, holds)
        markdown += "\n\n" + findings_markdown(report.findings, holds, report.held)
    create_markdown_artifact(markdown, key=key, description=report.summary())


def publish_plan(planned: Sequence[PlannedDay], wish: Wish, reason: str) -> None:
    """Publish what a backfill is going to do.

    Args:
        planned: every day of the range.
        wish: what was asked for.
        reason: why; as the user wrote it, empty where nothing was said.
    """
    summary = f"{wish.days.described()}, {wish.reprocess.value}: {plan_summary(planned)}"
    get_run_logger().info("%s. Reason: %s", summary, reason or "none given")
    create_table_artifact(
        plan_rows(planned)[:SHOWN_ROWS], key="backfill-plan", description=f"{summary}. Reason: {reason or 'none given'}"
    )

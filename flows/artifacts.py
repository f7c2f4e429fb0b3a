"""What Prefect's UI keeps of a run: one Markdown artifact and one line in the log."""

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact

from flows.report import summary_markdown
from infra.filing import Run
from infra.run_report import RunReport


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
    if report.rejected_share > limit:
        logger.warning("%.0f %% of the captures were rejected, over the limit of %.0f %%",
                       100 * report.rejected_share, 100 * limit)  # fmt: skip
    create_markdown_artifact(
        summary_markdown(report, run.settings.lake, run.run_id), key=key, description=report.summary()
    )

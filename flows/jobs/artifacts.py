"""What Prefect keeps of a run: a page, a table of days and lines in the log."""

from collections.abc import Collection, Sequence

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from flows.jobs.alerts import emit_findings
from flows.reports.account_text import lacking_lines
from flows.reports.next_steps import next_steps, period_of, touched_days
from flows.reports.report import plan_rows, plan_summary
from flows.reports.run_page import DAYS_MEAN, day_rows, pictured, run_page
from flows.reports.suspect_text import findings_markdown
from infra.base.days import Days, is_within
from infra.lake.day_states import Day, DayStates, State
from infra.lake.suspects import suspect_days
from infra.work.backfill.plan import BackfillRequest, PlannedDay
from infra.work.run import Run
from infra.work.run_report import RunReport
from parsers.registry import sources

SHOWN_ROWS = 1_000  # of a table artifact: 150 kB; `newslake status --json` has all
LINKED = ("backfill", "ingest", "reparse")  # flows whose forms a run's page links


def publish(key: str, report: RunReport, run: Run, names: Collection[str] = (), days: Days | None = None) -> None:
    """Publish what a run did, for the requested sources and days and all that the report mentions.

    `key` names the artifacts: lowercase letters, digits and dashes are all that Prefect takes.
    """
    _log(report, run.settings.quarantine_limit)
    touched = touched_days(report)
    named = sorted({*names, *(source for source, _ in touched)})
    period = days or period_of(touched)
    grid = _grid(run, named, period)
    create_table_artifact(day_rows(report, grid, days)[:SHOWN_ROWS], key=f"{key}-days", description=DAYS_MEAN)
    missing = sum(day.state is State.MISSING for day in grid if days and is_within(day.date, days.start, days.end))
    shown = pictured(period) if period else None
    markdown = run_page(
        report,
        [day for day in grid if shown and is_within(day.date, shown.start, shown.end)],
        place=f"Run `{run.run_id}` on lake `{run.settings.lake}`",
        gate=_gate(report, run),
        steps=list(next_steps(report, named, period, missing)),
        forms=_forms(),
    )
    create_markdown_artifact(markdown, key=key, description=report.summary())


def publish_plan(planned: Sequence[PlannedDay], request: BackfillRequest, reason: str) -> None:
    """Publish what a backfill is going to do, and the user's reason."""
    summary = f"{request.days.described()}, {request.reprocess.value}: {plan_summary(planned)}"
    summary += f". Reason: {reason or 'none given'}"
    get_run_logger().info("%s", summary)
    create_table_artifact(plan_rows(planned)[:SHOWN_ROWS], key="backfill-plan", description=summary)


def _log(report: RunReport, limit: float) -> None:
    logger = get_run_logger()
    if report.captures == 0:
        logger.info("nothing to do: no capture was found")
    logger.info("%s", report.summary())
    if report.lost_share > limit:
        logger.warning("%.0f %% of the pages gave no article, over the limit of %.0f %%",
                       100 * report.lost_share, 100 * limit)  # fmt: skip
    for line in (*(f"look at this: {alarm}" for alarm in report.alarms), *lacking_lines(report)):
        logger.warning("%s", line)


def _grid(run: Run, names: Collection[str], period: Days | None) -> list[Day]:
    """The present state of a run's days, and of earlier ones that its pictures show."""
    if period is None:
        return []
    states, start = DayStates(run.open_store()), min(period.start, pictured(period).start)
    versions = {name: source.parser_version for name, source in sources().items()}
    return [day for name in names for day in states.grid(name, start, period.end, versions)]


def _gate(report: RunReport, run: Run) -> str:
    """What the quality gate found, as Markdown; also emitted as events."""
    if not report.findings:
        return ""
    suspects = suspect_days(run.open_store())
    emit_findings(report.findings, suspects)
    return findings_markdown(report.findings, suspects, report.withheld)


def _forms() -> dict[str, str]:
    """Ids of the linked deployments that the server has, by name."""
    found = {}
    with get_client(sync_client=True) as client:
        for name in LINKED:
            try:
                found[name] = str(client.read_deployment_by_name(f"{name}/{name}").id)
            except ObjectNotFound:
                continue  # the server serves nothing: a command started this run
    return found

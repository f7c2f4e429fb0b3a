"""Flow: parse the raw archive again, without fetching a page."""

from datetime import date

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact

from flows.jobs.failures import in_one_line
from flows.jobs.parameters import SourceName
from flows.jobs.rebuild import rebuild
from flows.jobs.start import begin_run
from flows.reports.diff_report import diff_markdown
from infra.work.reparse.plan import Scope
from infra.work.reparse.reparse import try_out
from infra.work.run_report import RunReport


@flow(name="reparse", persist_result=False)
@in_one_line
def reparse(
    sources: list[SourceName] = [],  # noqa: B006 - Prefect's form shows it
    start: date | None = None,
    end: date | None = None,
    only_rejects: bool = False,
    outdated: bool = False,
    dry_run: bool = False,
    accept: str = "",
    lake: str = "",
) -> RunReport:
    """Parse archived pages again; move or replace the rows that change.

    Args:
        sources: Names of the sources. Empty: all sources.
        start: First publication day, UTC. Empty: from the beginning.
        end: The day after the last one, UTC. Empty: up to today.
        only_rejects: Only pages with an open rejection.
        outdated: Only rows of an older parser version.
        dry_run: Only show what would change, as an artifact; land nothing.
        accept: Reason to land days whatever the quality gate finds. Empty: it holds back what looks broken.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    scope = Scope(tuple(sources), start, end, only_rejects, outdated)
    run = begin_run(lake, accept)
    chunks = scope.plan(run.open_store())
    if not dry_run:
        return rebuild("reparse", chunks, run)
    logger = get_run_logger()
    found = try_out(chunks, run, lambda chunk: logger.info("%s compared", chunk.described()))
    markdown = diff_markdown(found, run.settings.lake, run.run_id)
    create_markdown_artifact(markdown, key="reparse-diff", description="What a reparse would change")
    return RunReport()

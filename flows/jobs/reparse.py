"""Flow: parse the raw archive again, without fetching a page."""

from datetime import date

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.jobs.artifacts import Progress, publish
from flows.jobs.interface import SourceName, in_one_line
from flows.jobs.start import begin_run
from flows.reports.diff_report import diff_markdown
from infra.lake.lake import Lake
from infra.lake.staged_rows import land_staged
from infra.work.reparse.reparse import ArchivedChunk, Scope, rebuild, reparse_chunk, try_out
from infra.work.run import Run, RunReport


# No cache: the lake itself knows what is landed; a cached task would skip what an emptied lake needs again.
@task(name="reparse-chunk", cache_policy=NO_CACHE, persist_result=False)
def reparse_chunk_task(chunk: ArchivedChunk, run: Run, progress: Progress) -> RunReport:
    """Parse one chunk of archived captures again and land them."""
    report = reparse_chunk(chunk, run)
    progress.advance(1, f"{chunk.described()}: done")
    get_run_logger().info("%s: %s", chunk.described(), report.summary())
    return report


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
    """Parse the raw archive again after a parser has improved, without a request to any site. Tick *dry run* first.

    Args:
        sources: Names of the sources. Empty: all that the lake knows.
        start: First publication day, UTC. Empty: from the beginning.
        end: The day after the last one, UTC. Empty: up to today.
        only_rejects: Only pages with an open rejection.
        outdated: Only rows of an older parser version.
        dry_run: Only show what would change, as an artifact; land nothing.
        accept: Reason to remove and worsen rows. Empty: such rows stay as they are.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
    """
    scope = Scope(tuple(sources), start, end, only_rejects, outdated)
    run = begin_run(lake, accept)
    if not dry_run:
        land_staged(Lake(run.open_store()))  # else they would land after what is parsed now
    chunks = scope.plan(run.open_store())
    if not dry_run:
        progress = Progress("reparse-progress", len(chunks))
        report = rebuild(chunks, run, lambda chunk, run: reparse_chunk_task(chunk, run, progress))
        publish("reparse", report, run)
        return report
    logger = get_run_logger()
    found = try_out(chunks, run, lambda chunk: logger.info("%s compared", chunk.described()))
    markdown = diff_markdown(found, run.settings.lake, run.run_id)
    create_markdown_artifact(markdown, key="reparse-diff", description="What a reparse would change")
    return RunReport()

"""Flow: files, archives and S3 prefixes into the lake."""

from datetime import date

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.jobs.artifacts import publish
from flows.jobs.interface import in_one_line
from flows.jobs.progress import Progress
from flows.jobs.start import begin_run
from infra.base.days import parse_instant
from infra.base.known_sources import require_source
from infra.intake.captures import find_inputs
from infra.work.cc_news import plan_cc_news, refuse_other_inputs, wanted_of_cc_news
from infra.work.ingest import Chunk, ingest_chunk, plan
from infra.work.pages import Wanted
from infra.work.run import Run
from infra.work.run_report import RunReport


# No cache: the lake itself knows what is landed; a cached task would skip what an emptied lake needs again.
@task(name="ingest-chunk", cache_policy=NO_CACHE, persist_result=False)
def ingest_chunk_task(chunk: Chunk, run: Run, wanted: Wanted, progress: Progress) -> RunReport:
    """Archive, parse and land one chunk of inputs."""
    report = ingest_chunk(chunk, run, lambda each: progress.advance(each.size, each.location), wanted)
    get_run_logger().info("%s: %s", chunk.described(), report.summary())
    return report


@flow(name="ingest", persist_result=False)
@in_one_line
def ingest(
    paths: list[str],
    source: str = "",
    captured_at: str = "",
    manifest: str = "",
    lake: str = "",
    generic: bool = False,
    columns: list[str] = [],  # noqa: B006 - Prefect reads the form from it, and nobody writes to it
    hosts: list[str] = [],  # noqa: B006
    start: date | None = None,
    end: date | None = None,
    cc_news: bool = False,
) -> RunReport:
    """Archive, parse and land pages from files, or from CC-NEWS by day. Running it again changes nothing.

    Args:
        paths: Pages (HTML, text, MHTML), tables of pages (JSON lines, CSV, Parquet), WARC, WACZ, zip, tar, folders,
            s3:// prefixes. None for CC-NEWS.
        source: Source of all pages, for text files that do not say it. Empty: found out. Of CC-NEWS: the one wanted.
        captured_at: When the pages were captured, ISO 8601. Empty: from the archive, table, manifest, page or file.
        manifest: JSON lines with file, url, captured_at, source. Empty: the folder's own, if it has one.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
        generic: Also read pages of hosts without a source, as source `web`.
        columns: Names of the columns of tables, such as url=link, html=page. Empty: the usual names.
        hosts: Only pages of these hosts and those below them. Empty: all.
        start: First UTC day of capture. Empty: the earliest.
        end: The day after the last. Empty: no limit.
        cc_news: Read Common Crawl's news crawl of the days from start to end, pages of source and hosts. Without
            these, generic has to be set, and all pages are read.
    """
    if source:
        require_source(source)
    if cc_news:
        refuse_other_inputs(paths=paths, manifest=manifest, captured_at=captured_at, columns=columns)
        wanted = wanted_of_cc_news(source, tuple(hosts), start, end, generic=generic)
        run = begin_run(lake, generic=generic)
        chunks, report = plan_cc_news(wanted, run)
    else:
        wanted = Wanted(tuple(hosts), start, end)
        inputs = find_inputs(
            paths,
            manifest=manifest or None,
            source=source or None,
            captured_at=parse_instant(captured_at, "captured_at") if captured_at else None,
            columns=columns,
        )
        run = begin_run(lake, generic=generic)
        chunks, report = plan(inputs), RunReport()
    # One after the other: each chunk already uses all workers.
    progress = Progress("ingest-progress", sum(each.size for chunk in chunks for each in chunk.inputs))
    report = sum((ingest_chunk_task(chunk, run, wanted, progress) for chunk in chunks), report)
    publish("ingest", report, run)
    return report

"""Flow: files, archives and S3 prefixes into the lake."""

from datetime import date
from typing import Annotated

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.jobs.artifacts import Progress, publish
from flows.jobs.interface import in_one_line
from flows.jobs.start import begin_run
from infra.base.choices import MAX_PROCESSES, Runner
from infra.base.days import parse_instant
from infra.base.known_sources import require_source
from infra.work.ingest import Chunk, IngestRequest, ingest_chunk, plan_left
from infra.work.ingest import ingest as ingest_all
from infra.work.run import Run, RunReport


# No cache: the lake itself knows what is landed; a cached task would skip what an emptied lake needs again.
@task(name="ingest-chunk", cache_policy=NO_CACHE, persist_result=False)
def ingest_chunk_task(chunk: Chunk, run: Run, progress: Progress) -> RunReport:
    """Archive, parse and land one chunk of inputs."""
    report = ingest_chunk(chunk, run, lambda each: progress.advance(each.size, each.location))
    get_run_logger().info("%s: %s", chunk.described(), report.summary())
    return report


@flow(name="ingest", persist_result=False)
@in_one_line
def ingest(
    paths: list[str],
    source: str = "",
    captured_at: str = "",
    lake: str = "",
    generic: bool = False,
    columns: list[str] = [],  # noqa: B006 - Prefect reads the form from it, and nobody writes to it
    hosts: list[str] = [],  # noqa: B006
    start: date | None = None,
    end: date | None = None,
    cc_news: bool = False,
    in_place: bool = False,
    processes: Annotated[int, Field(ge=0, le=MAX_PROCESSES)] = 0,
    runner: Runner = Runner.LOCAL,
    scheduler: str = "",
) -> RunReport:
    """Archive, parse and land pages from files, or from CC-NEWS by day. Running it again changes nothing.

    Args:
        paths: Pages (HTML, text, MHTML), tables of pages (JSON lines, CSV, Parquet), WARC, WACZ, zip, tar, folders,
            s3:// prefixes. None for CC-NEWS.
        source: Source of all pages, for text files that do not say it. Empty: found out. Of CC-NEWS: the one wanted.
        captured_at: When the pages were captured, ISO 8601. Empty: from the archive, table, manifest, page or file.
        lake: Folder or s3://bucket/prefix. Empty: the configured lake.
        generic: Also read pages of hosts without a source, as source `web`.
        columns: Names of the columns of tables, such as url=link, html=page. Empty: the usual names.
        hosts: Only pages of these hosts and those below them. Empty: all.
        start: First UTC day of capture. Empty: the earliest.
        end: The day after the last. Empty: no limit.
        cc_news: Read Common Crawl's news crawl of the days from start to end, pages of source and hosts. Without
            these, generic has to be set, and all pages are read.
        in_place: Leave records of gzip-packed WARCs in their files, which have to stay, and only note where they lie.
        processes: How many parse. 0: as configured, else one a processor.
        runner: Who parses: processes of this machine, or the workers of a Dask cluster.
        scheduler: Address of the cluster's scheduler, such as tcp://10.0.0.5:8786. Empty: a cluster on this machine.
    """
    if source:
        require_source(source)
    request = IngestRequest(
        paths=paths, source=source or None,
        captured_at=parse_instant(captured_at, "captured_at") if captured_at else None,
        columns=columns, hosts=hosts,
        start=start, end=end, generic=generic, cc_news=cc_news, in_place=in_place,
    )  # fmt: skip
    inputs, wanted, report = request.find()
    run = begin_run(lake, generic=generic, processes=processes, runner=runner, scheduler=scheduler)
    chunks, before = plan_left(inputs, wanted, run)
    # One after the other: each chunk already uses all workers.
    progress = Progress("ingest-progress", sum(each.size for chunk in chunks for each in chunk.inputs))
    report += before + ingest_all(chunks, inputs, wanted, run, lambda chunk: ingest_chunk_task(chunk, run, progress))
    publish("ingest", report, run)
    return report

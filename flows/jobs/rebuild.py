"""The task that run, backfill and reparse share: a chunk of archived captures, parsed again and landed."""

from collections.abc import Sequence

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.jobs.artifacts import publish
from flows.jobs.progress import Progress
from infra.work.reparse.plan import ArchivedChunk
from infra.work.reparse.reparse import rebuild as rebuild_all
from infra.work.reparse.reparse import reparse_chunk
from infra.work.run import Run
from infra.work.run_report import RunReport


# No cache: the lake itself knows what is landed; a cached task would skip what an emptied lake needs again.
@task(name="reparse-chunk", cache_policy=NO_CACHE, persist_result=False)
def reparse_chunk_task(chunk: ArchivedChunk, run: Run, so_far: RunReport) -> RunReport:
    """Parse one chunk of archived captures again and land them."""
    report = reparse_chunk(chunk, run, so_far)
    get_run_logger().info("%s: %s", chunk.described(), report.summary())
    return report


def rebuild(name: str, chunks: Sequence[ArchivedChunk], run: Run) -> RunReport:
    """Run the chunks one after the other, each with all workers, and publish what they did."""
    progress = Progress(f"{name}-progress", len(chunks))

    def reparse(chunk: ArchivedChunk, run: Run, so_far: RunReport) -> RunReport:
        done = reparse_chunk_task(chunk, run, so_far)
        progress.advance(1, f"{chunk.described()}: done")
        return done

    report = rebuild_all(chunks, run, reparse)
    publish(name, report, run)
    return report

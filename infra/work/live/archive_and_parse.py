"""Pages as they arrive: into the raw archive first, batch by batch, then through the parsers."""

import time
from collections.abc import Iterable, Iterator
from typing import Final

from infra.archive.raw_archive import RawArchive
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.work.live.fetch_pages import Fetched
from infra.work.parse_pool import ParsePool, source_name_of
from infra.work.run import ParsedCapture
from parsers.record.capture import Capture

# What came is archived when there is so much of it, or some seconds after the first page of a batch: a run that is
# killed asks again for no more than that. Smaller batches would leave many small objects in the archive.
BATCH_PAGES: Final = 50
BATCH_BYTES: Final = 16 << 20


def archive_and_parse(
    pages: Iterable[Fetched | None], archive: RawArchive, pool: ParsePool, *, run_id: str, worker: str, seconds: float
) -> Iterator[tuple[list[Fetched], list[ParsedCapture]]]:
    """Archive pages, then parse them.

    Args:
        pages: as they come in, None while none comes; those without a capture are passed through.
        archive: of the lake.
        pool: parses.
        run_id: of the run.
        worker: what tells this writer from the others of the run.
        seconds: after the first page of a batch, until it is archived.

    Yields:
        Batches: what came, and of each capture among it what the parsers made of it, in the same order.

    Raises:
        NewslakeError: the archive cannot be written.
    """
    for batch in _batches(pages, seconds):
        captures = [page.capture for page in batch if page.capture]
        archived = archive.add(((_folder_of(each), each) for each in captures), run_id=run_id, worker=worker)
        outcomes = pool.parse(captures)
        yield batch, [ParsedCapture(each, outcome) for each, (_, outcome) in zip(archived, outcomes, strict=True)]


def _folder_of(capture: Capture) -> str:
    return source_name_of(capture) or UNKNOWN_SOURCE


def _batches(pages: Iterable[Fetched | None], seconds: float) -> Iterator[list[Fetched]]:
    batch: list[Fetched] = []
    size, began = 0, time.monotonic()
    try:
        for page in pages:
            if page:
                began = began if batch else time.monotonic()
                batch.append(page)
                size += len(page.capture.body) if page.capture else 0
            if not batch:
                continue
            if len(batch) == BATCH_PAGES or size >= BATCH_BYTES or time.monotonic() - began >= seconds:
                full, batch, size = batch, [], 0
                yield full
    except BaseException:  # Ctrl-C for one: what came is archived before, so that nobody asks for it again
        if batch:
            yield batch
        raise
    if batch:
        yield batch

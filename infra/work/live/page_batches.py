"""Pages in batches, so that a killed run has few in its hands: each batch is kept before anything parses it."""

import time
from collections.abc import Iterable, Iterator
from typing import Final

from infra.work.live.fetch_pages import Fetched

# A run that is killed asks again for no more than one batch. Smaller ones would cost more requests to S3.
BATCH_PAGES: Final = 50
BATCH_BYTES: Final = 16 << 20


def batched(pages: Iterable[Fetched | None], seconds: float) -> Iterator[list[Fetched]]:
    """Gather pages until there are many, or `seconds` after the first one of a batch; None comes while none comes.

    An exception from `pages`, such as Ctrl-C, comes after what was gathered, so that nobody asks for that again.
    """
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
    except BaseException:
        if batch:
            yield batch
        raise
    if batch:
        yield batch

"""The progress of a batch: 1 in all, page by page once its `pages` are known."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class BatchProgress:
    """Counts pages, and says how far it is; `advance` takes a share of 1 and what was done."""

    def __init__(self, label: str, advance: Callable[[float, str], None]) -> None:
        self._label = label
        self._advance = advance
        self._asked = 0
        self.pages = 0
        self.counted = 0.0

    def page(self, _: object) -> None:
        """Count one of its `pages`."""
        if self._asked < self.pages:
            self._asked += 1
            self.counted += 1 / self.pages
            self._advance(1 / self.pages, f"{self._label}: {self._asked:,} of {self.pages:,} pages")


@contextmanager
def batch_progress(label: str, advance: Callable[[float, str], None]) -> Iterator[BatchProgress]:
    """The progress of what this block does; at its end it has counted 1."""
    batch = BatchProgress(label, advance)
    try:
        yield batch
    finally:
        advance(1 - batch.counted, f"{label}: done")

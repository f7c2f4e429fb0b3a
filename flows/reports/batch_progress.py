"""The progress of a batch: 1 in all, page by page once its `pages` are known."""

from collections.abc import Callable
from typing import Self


class BatchProgress:
    """Counts pages, and at the end of its block the rest; `advance` takes a share of 1 and what was done."""

    def __init__(self, label: str, advance: Callable[[float, str], None]) -> None:
        self._label = label
        self._advance = advance
        self._asked = 0
        self.pages = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._advance(1 - (self._asked / self.pages if self.pages else 0), f"{self._label}: done")

    def page(self, _: object) -> None:
        """Count one of its `pages`."""
        if self._asked < self.pages:
            self._asked += 1
            self._advance(1 / self.pages, f"{self._label}: {self._asked:,} of {self.pages:,} pages")

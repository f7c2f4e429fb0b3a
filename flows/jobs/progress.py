"""How far a run is, as a progress artifact of Prefect's UI."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

import httpx
from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.exceptions import PrefectException

SECONDS: Final = 1.0  # between updates: each costs the server 18 ms (measured), and nobody reads faster
WHOLE: Final = 100.0  # per cent, as Prefect counts


class Progress:
    """The progress artifact of the current flow run, for several threads; `total` is in the unit of `advance`.

    If the server can't be reached, only the display suffers, never the run.
    """

    def __init__(self, key: str, total: float) -> None:
        self._total = total
        self._done = 0.0
        self._lock = Lock()
        self._shown_at = time.monotonic()
        # Prefect gives a coroutine inside of an event loop, where no flow of ours runs.
        self._artifact: Any = create_progress_artifact(0.0 if total else WHOLE, key=key, description="just begun")

    def advance(self, amount: float, said: str) -> None:
        """Count work done and show what it was, once a second and at the end."""
        with self._lock:
            self._done = min(self._total, self._done + amount)
            complete = self._done >= self._total - 1e-6  # sums of thirds and sevenths
            now = time.monotonic()
            if now - self._shown_at < SECONDS and not complete:
                return
            self._shown_at = now
            share = WHOLE if complete else round(WHOLE * self._done / self._total, 1)
        try:
            update_progress_artifact(self._artifact, share, "all done" if complete else said)
        except (httpx.HTTPError, PrefectException) as error:
            get_run_logger().debug("progress not shown: %s", error)

    @contextmanager
    def piece(self, label: str) -> Iterator["Piece"]:
        """A piece of work that counts 1 in all; page by page once its `pages` are known."""
        piece = Piece(self, label)
        try:
            yield piece
        finally:
            self.advance(1 - piece.counted, f"{label}: done")


class Piece:
    """A piece of work in progress."""

    def __init__(self, progress: Progress, label: str) -> None:
        self._progress = progress
        self._label = label
        self._asked = 0
        self.pages = 0
        self.counted = 0.0

    def page(self, _: object) -> None:
        """Count one of its `pages`."""
        if self._asked < self.pages:
            self._asked += 1
            self.counted += 1 / self.pages
            self._progress.advance(1 / self.pages, f"{self._label}: {self._asked:,} of {self.pages:,} pages")

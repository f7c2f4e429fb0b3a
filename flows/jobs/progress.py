"""How far a run is, as a progress artifact of Prefect's UI."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

import httpx
from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.exceptions import PrefectException

if TYPE_CHECKING:
    from uuid import UUID

SECONDS: Final = 1.0  # between updates: each costs the server 18 ms (measured), and nobody reads faster
WHOLE: Final = 100.0  # per cent, as Prefect counts


class Progress:
    """The progress artifact of the present flow run; for several threads.

    A server that can't be reached costs the display, never the run.

    Args:
        key: name of the artifact: lowercase letters, digits and dashes, all that Prefect takes.
        total: amount of work, in whatever unit `advance` counts.
        clock: monotonic, seconds.
    """

    def __init__(self, key: str, total: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._done = 0.0
        self._clock = clock
        self._lock = Lock()
        self._shown_at = clock()
        # Prefect gives a coroutine inside of an event loop, where no flow of ours runs.
        artifact = create_progress_artifact(0.0 if total else WHOLE, key=key, description="just begun")
        self._artifact = cast("UUID", artifact)

    def advance(self, amount: float, said: str) -> None:
        """Note that work was done; shown at once if the last time is a second ago, or all is done.

        Args:
            amount: of work.
            said: what was done, for people.
        """
        with self._lock:
            self._done = min(self._total, self._done + amount)
            now = self._clock()
            if now - self._shown_at < SECONDS and not self._is_complete:
                return
            self._shown_at = now
            share, said = (WHOLE, "all done") if self._is_complete else (self._share, said)
        try:
            update_progress_artifact(self._artifact, share, said)
        except (httpx.HTTPError, PrefectException) as error:
            get_run_logger().debug("progress not shown: %s", error)

    @contextmanager
    def piece(self, label: str) -> Iterator["Batch"]:
        """A piece of work that counts 1, page by page once it is known how many there are.

        Args:
            label: names it, for people.
        """
        piece = Batch(self, label)
        try:
            yield piece
        finally:
            self.advance(1 - piece.counted, f"{label}: done")

    @property
    def _share(self) -> float:
        return round(WHOLE * self._done / self._total, 1)

    @property
    def _is_complete(self) -> bool:
        return self._done >= self._total - 1e-6  # sums of thirds and sevenths


class Batch:
    """What is known of a piece of work that is under way."""

    def __init__(self, progress: Progress, label: str) -> None:
        self._progress = progress
        self._label = label
        self._asked = 0
        self.pages = 0
        self.counted = 0.0

    def page(self, _: object) -> None:
        """Note that one of its `pages` was asked for."""
        if self._asked < self.pages:
            self._asked += 1
            self.counted += 1 / self.pages
            self._progress.advance(1 / self.pages, f"{self._label}: {self._asked:,} of {self.pages:,} pages")

"""Listings read in a process of their own, with a deadline: their HTML is as hostile as that of any page."""

import multiprocessing
from concurrent.futures import TimeoutError as DeadlinePassedError
from datetime import date
from functools import partial
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from parsers.lists.links import Reading, UnreadableError
from parsers.lists.listings import read_listing


class ListingWorker:
    """One process that reads listings, started when the first one comes. A context manager that ends it.

    Args:
        deadline: seconds that one listing may take before the process is killed.
    """

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.stop()  # nothing is left to be done
            self._pool.join()

    def read(
        self, body: bytes, base: str, *, zone: str, links: str, dates: str | None = None, today: date | None = None
    ) -> Reading:
        """`parsers.lists.listings.read_listing`, within the deadline.

        Raises:
            UnreadableError: that, or the process did not come back.
        """
        if self._pool is None:
            # As in infra.work.parse_pool: never fork a parent that has threads.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["__main__", "parsers.parse"])
            self._pool = ProcessPool(max_workers=1, context=context)
        read = partial(read_listing, links=links, dates=dates, today=today)
        reading = self._pool.schedule(read, args=(body, base, zone), timeout=self._deadline)
        try:
            found: Reading = reading.result()
        except DeadlinePassedError as error:
            raise UnreadableError(f"reading it took longer than {self._deadline:g} seconds") from error
        except ProcessExpired as error:
            raise UnreadableError(f"the process that read it died, exit code {error.exitcode}") from error
        return found

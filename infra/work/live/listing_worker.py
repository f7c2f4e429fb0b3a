"""Listings read in a process of their own, with a deadline: their HTML is as hostile as that of any page."""

from collections.abc import Callable
from concurrent.futures import TimeoutError as DeadlinePassedError

from pebble import ProcessExpired, ProcessPool

from infra.base.stop import StoppedError, result_of
from infra.work.parse_pool import forkserver
from parsers.lists.links import Reading, UnreadableError


def read_within(deadline: float, read: Callable[[bytes, str], Reading], body: bytes, base: str) -> Reading:
    """What a reader of `parsers.lists.listings` makes of a page in so many seconds; UnreadableError where nothing."""
    with ProcessPool(max_workers=1, context=forkserver()) as pool:
        reading = pool.schedule(read, args=(body, base), timeout=deadline)
        try:
            found: Reading = result_of(reading)
        except DeadlinePassedError as error:
            raise UnreadableError(f"reading it took longer than {deadline:g} seconds") from error
        except StoppedError:
            pool.stop()
            raise
        except ProcessExpired as error:
            raise UnreadableError(f"the process that read it died, exit code {error.exitcode}") from error
    return found

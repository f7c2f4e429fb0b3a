"""Listings read in a process of their own, with a deadline: their HTML is as hostile as that of any page."""

from concurrent.futures import TimeoutError as DeadlinePassedError
from datetime import date

from pebble import ProcessExpired, ProcessPool

from infra.base.stop import StoppedError, result_of
from infra.work.parse_pool import forkserver
from parsers.lists.links import Reading, UnreadableError
from parsers.lists.listings import read_listing


def read_within(
    deadline: float, body: bytes, base: str, *, zone: str, links: str, dates: str | None, today: date
) -> Reading:
    """`parsers.lists.listings.read_listing`, given so many seconds.

    Raises:
        UnreadableError: as there, or the process did not come back.
    """
    options = {"links": links, "dates": dates, "today": today}
    with ProcessPool(max_workers=1, context=forkserver()) as pool:
        reading = pool.schedule(read_listing, args=(body, base, zone), kwargs=options, timeout=deadline)
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

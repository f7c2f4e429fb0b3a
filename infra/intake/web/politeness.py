"""How often a host is asked: one request at a time, evenly spaced, slower on its request, not at all when it is down.

Times are those of a monotonic clock, so setting the wall clock changes nothing.
"""

from collections.abc import Callable
from http import HTTPStatus
from threading import Event, Lock
from typing import Final

from infra.base.stop import STOPPING, raise_if_stopping
from infra.intake.web.fetching import FetchError, FetchReason
from parsers.fields.urls import parse_url

# Longest time that a host is left alone because of its Retry-After. Some say hours, or years: a run that waited so long
# would block its source; it gives the host up instead (`DOWN_AFTER`), and the next run asks again.
MAX_RETRY_AFTER: Final = 120.0
# First and longest pause after a failure. The pause is random between 0 and this ("full jitter"), so that clients which
# failed together do not come back together; it doubles with each failure in a row.
FIRST_BACKOFF: Final = 1.0
MAX_BACKOFF: Final = 30.0  # as long as a request may take: more would only delay the verdict that the host is down
# Requests in a row that failed: three addresses with three tries each. One or two broken pages prove nothing.
DOWN_AFTER: Final = 9
# Answers in a row that turn us away: a site that blocks us is not to be knocked at for every page of a day.
REFUSED_AFTER: Final = 10
REFUSALS: Final = frozenset({401, 403, 451})  # 429 and 503 count as failures
# 429 and 503 double the interval, ten answers take one doubling back: an interval that is too short is found soon,
# and tried again seldom.
SLOWDOWN: Final = 2.0
EASING: Final = SLOWDOWN ** (-1 / 10)
LEAST_SLOW_INTERVAL: Final = 1.0  # doubled where the interval is set to less
MAX_SLOW_INTERVAL: Final = 120.0  # as for Crawl-delay: fewer than 30 pages an hour keep up with no source
# Longest sleep before looking whether the caller still wants the page.
SLICE: Final = 0.5


class HostPace:
    """The turns of one host. Whoever has the turn may send one request, and says afterwards how it ended."""

    def __init__(
        self, host: str, clock: Callable[[], float], sleep: Callable[[float], None], jitter: Callable[[], float]
    ) -> None:
        self.host = host  # with the port where that is not the scheme's own
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._turn = Lock()  # held from before a request until after its answer; all below changes under it
        self._last_start: float | None = None
        self._connected = False
        self._not_before = float("-inf")
        self._slowness = 1.0
        self._failures = 0
        self._refusals = 0

    def take_turn(self, interval: float, stop: Event = STOPPING) -> None:
        """Wait until the next request may start: `interval` seconds after the start of the last, one at a time.

        FetchError HOST_DOWN; StoppedError where `stop` is set.
        """
        while not self._turn.acquire(timeout=SLICE):
            raise_if_stopping(stop)
        try:
            if self._failures >= DOWN_AFTER:
                raise FetchError(FetchReason.HOST_DOWN, f"{self.host}: {self._failures} requests in a row failed")
            if self._refusals >= REFUSED_AFTER:
                raise FetchError(FetchReason.HOST_DOWN, f"{self.host} refused {self._refusals} requests in a row")
            while (wait := self._ready(interval) - self._clock()) > 0:
                raise_if_stopping(stop)
                self._sleep(min(wait, SLICE))
            raise_if_stopping(stop)
            self._last_start = self._clock()
        except BaseException:
            self._turn.release()
            raise

    def end_turn(self, error: FetchError | None = None, *, is_refused: bool = False) -> None:
        """Let the next request start; `error` where the host failed or asked to slow down."""
        self._refusals = self._refusals + 1 if is_refused else 0
        if not self._connected:  # the first request had to connect: it left at some time before its end
            self._connected = True
            self._last_start = self._clock()
        if error is None:
            self._failures = 0
            self._slowness = max(1.0, self._slowness * EASING)
        else:
            self._note(error)
        self._turn.release()

    def _ready(self, interval: float) -> float:
        if self._last_start is None:
            return self._not_before
        if self._slowness > 1:
            slowed = max(interval, LEAST_SLOW_INTERVAL) * self._slowness
            interval = max(interval, min(slowed, MAX_SLOW_INTERVAL))
        return max(self._last_start + interval, self._not_before)

    def _note(self, error: FetchError) -> None:
        pause = self._jitter() * min(FIRST_BACKOFF * 2**self._failures, MAX_BACKOFF)
        self._failures += 1
        # The host itself says that it gets too much: 429 and 503.
        if error.reason is FetchReason.RATE_LIMITED or error.status == HTTPStatus.SERVICE_UNAVAILABLE:
            self._slowness = min(self._slowness * SLOWDOWN, MAX_SLOW_INTERVAL / LEAST_SLOW_INTERVAL)
        if error.retry_after is not None and error.retry_after > 0:  # one in the past says nothing
            pause = min(error.retry_after, MAX_RETRY_AFTER)
        self._not_before = self._clock() + pause


class RequestBudget:
    """How many requests may be sent; safe for threads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self._lock = Lock()

    def check(self) -> None:
        """Raise FetchError (BUDGET) where nothing is left."""
        if self.used >= self.limit:
            raise FetchError(FetchReason.BUDGET, f"{self.limit} requests sent")

    def spend(self) -> None:
        """Take one request; raise FetchError (BUDGET) where nothing is left."""
        with self._lock:
            self.check()
            self.used += 1


def paced_host(url: str) -> str:
    """What is paced as one: a host name, by http and https together; with its port where that is neither's own.

    Malformed addresses go together: they are refused one by one.
    """
    parsed = parse_url(url)
    if parsed is None:
        return ""
    name = str(parsed.hostname).rstrip(".")
    return f"{name}:{parsed.port}" if parsed.port else name

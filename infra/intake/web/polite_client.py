"""Fetching as a publisher would have it: robots file first, spaced per host, a few tries, within a budget."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from threading import Event, Lock
from typing import Final, Self

from infra.base.measures import BYTES, OTHER, REQUEST_SECONDS, REQUESTS, record
from infra.base.settings import Settings
from infra.base.stop import STOPPING, raise_if_stopping
from infra.intake.web.addresses import AddressPolicy
from infra.intake.web.fetching import Answer, FetchError, FetchReason
from infra.intake.web.http import Hop, HttpClient
from infra.intake.web.robots import MAX_BYTES as ROBOTS_BYTES
from infra.intake.web.robots import PATH as ROBOTS_PATH
from infra.intake.web.robots import RobotsFiles, RobotsRules, site_of
from parsers.fields.urls import absolute, host_of, on_hosts, parse_url
from parsers.registry import by_host
from parsers.source.definition import Source

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
        """Wait until the next request may start, `interval` seconds after the last one did; FetchError HOST_DOWN."""
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
    """What is paced as one: a host name, by http and https; with its port where that is neither's own."""
    parsed = parse_url(url)
    if parsed is None:
        return ""  # malformed addresses go together: they are refused one by one
    name = str(parsed.hostname).rstrip(".")
    return f"{name}:{parsed.port}" if parsed.port else name


TRIES: Final = 3
# What may be otherwise a moment later, and counts against the host. All else is the answer, or was refused before.
MAY_PASS: Final = frozenset(
    {
        *(FetchReason.DNS, FetchReason.CONNECTION, FetchReason.TIMEOUT, FetchReason.TRUNCATED),
        *(FetchReason.SERVER_ERROR, FetchReason.RATE_LIMITED),
    }
)


class PoliteClient:
    """Asks for addresses by the rules of their hosts. Safe for threads: hosts are asked side by side, each in turn."""

    def __init__(
        self,
        http: HttpClient,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        budget: RequestBudget | None = None,
    ) -> None:
        self.budget = budget or RequestBudget(settings.request_budget)  # of all requests: robots, redirects, repeats
        self._http = http
        self._interval = settings.host_interval_seconds
        self._new_pace = partial(HostPace, clock=clock, sleep=sleep, jitter=jitter)
        self._paces: dict[str, HostPace] = {}
        self._robots = RobotsFiles(clock)
        self._lock = Lock()  # of paces

    @classmethod
    @contextmanager
    def open(cls, settings: Settings, *, budget: RequestBudget | None = None) -> Iterator[Self]:
        """A client with connections of its own, closed at the end."""
        with HttpClient(settings, AddressPolicy(settings)) as http:
            yield cls(http, settings, budget=budget)

    def get(
        self,
        url: str,
        *,
        source: Source | None = None,
        headers: Mapping[str, str] = {},
        max_bytes: int | None = None,
        hosts: tuple[str, ...] | None = None,
        stop: Event = STOPPING,
        tries: int = TRIES,
    ) -> Answer:
        """Ask for an address, as soon as its host may be asked; FetchError where there is no whole answer.

        Redirects may lead to `hosts` and hosts below them; None: to any public one. `stop` ends the waiting, by
        StoppedError; a request that is under way ends with the process only.
        """
        interval = self._own_interval(source)

        def take_turn(hop: str) -> HostPace:
            rules = self._rules(hop, interval, stop)
            if not rules.allows(hop):
                raise FetchError(FetchReason.ROBOTS, f"{site_of(hop)}{ROBOTS_PATH} disallows {hop}")
            return self._take_turn(hop, max(interval, rules.crawl_delay or 0.0), stop)

        return self._tried(self._http.first(url, headers=headers, max_bytes=max_bytes, hosts=hosts), take_turn, tries)

    def sitemaps(self, url: str, source: Source) -> tuple[str, ...]:
        """The sitemaps that the robots file of an address's site names; errors as `get`."""
        found = self._rules(url, self._own_interval(source), STOPPING).sitemaps
        return tuple(filter(None, (absolute(each, url) for each in found)))

    def interval_of(self, source: Source) -> float:
        """Seconds between requests to a host of the source, by the robots files fetched so far."""
        delays = self._robots.crawl_delays()
        known = (delay for site, delay in delays.items() if on_hosts(host_of(site), source.hosts))
        return max(self._own_interval(source), *known, 0.0)

    def _own_interval(self, source: Source | None) -> float:
        own = source.interval_seconds if source else None
        return max(self._interval, own or 0.0)

    def _rules(self, url: str, interval: float, stop: Event) -> RobotsRules:
        """The rules of an address's site. No robots file is asked for a robots file, wherever redirects lead."""

        def fetch(robots_url: str) -> bytes:
            hop = self._http.first(robots_url, max_bytes=ROBOTS_BYTES, cut=True)
            return self._tried(hop, lambda url: self._take_turn(url, interval, stop)).body

        return self._robots.rules(url, fetch)

    def _tried(self, first: Hop, take_turn: Callable[[str], HostPace], tries: int = TRIES) -> Answer:
        """The answer of the first try that gives one. The host's pace makes the pause between tries."""
        for _ in range(tries - 1):
            try:
                return self._follow(first, take_turn)
            except FetchError as error:
                if error.reason not in MAY_PASS:
                    raise
        return self._follow(first, take_turn)

    def _follow(self, hop: Hop, take_turn: Callable[[str], HostPace]) -> Answer:
        """Ask hop by hop, each in its own turn: two hosts may redirect to each other."""
        while True:
            pace = take_turn(hop.target.url)
            failure, is_refused, outcome = None, False, "stopped"
            began = time.perf_counter()
            try:
                found = self._http.get_once(hop)
                outcome = "ok"
            except FetchError as error:
                failure = error if error.reason in MAY_PASS else None
                is_refused = error.status in REFUSALS
                outcome = "refused" if is_refused else error.reason.value
                raise
            finally:
                label = _label_of(hop.target.host)
                record(REQUESTS, 1, host=label, outcome=outcome)
                record(REQUEST_SECONDS, time.perf_counter() - began, host=label)
                pace.end_turn(failure, is_refused=is_refused)
            if isinstance(found, Answer):
                record(BYTES, len(found.body), host=label)
                return found
            hop = found

    def _take_turn(self, url: str, interval: float, stop: Event) -> HostPace:
        self.budget.check()  # nobody should wait for what is refused afterwards
        host = paced_host(url)
        with self._lock:
            pace = self._paces.setdefault(host, self._new_pace(host))
        pace.take_turn(interval, stop)
        try:
            self.budget.spend()
        except FetchError:  # another thread was faster
            pace.end_turn()
            raise
        return pace


def _label_of(host: str) -> str:
    """The host as a source declares it, which bounds the number of labels: subdomains are without number."""
    source = by_host(host)
    return next((each for each in source.hosts if on_hosts(host, (each,))), OTHER) if source else OTHER

"""Fetching as a publisher would have it: robots file first, spaced per host, a few tries, within a budget."""

import random
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Event, Lock
from typing import Final, Self

from infra.base.lanes import side_by_side
from infra.base.measures import BYTES, OTHER, REQUEST_SECONDS, REQUESTS, record
from infra.base.settings import Settings
from infra.base.stop import STOPPING
from infra.intake.web.addresses import AddressPolicy
from infra.intake.web.fetching import Answer, FetchError, FetchReason
from infra.intake.web.http import Hop, HttpClient, user_agent_of
from infra.intake.web.politeness import REFUSALS, HostPace, RequestBudget, paced_host
from infra.intake.web.robots import MAX_BYTES as ROBOTS_BYTES
from infra.intake.web.robots import PATH as ROBOTS_PATH
from infra.intake.web.robots import RobotsFiles, RobotsRules, site_of
from parsers.fields.urls import absolute, host_of, on_hosts
from parsers.registry import by_host
from parsers.source.definition import Source

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
        """Take a client without manners, which the caller closes, and perhaps a budget that others share."""
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
        with HttpClient(
            AddressPolicy.from_settings(settings),
            user_agent=user_agent_of(settings),
            deadline_seconds=settings.request_deadline_seconds,
            max_bytes=settings.max_page_bytes,
        ) as http:
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
        """Ask for an address, as soon as its host may be asked.

        The source's interval holds if it is larger than the setting's. Redirects may lead to `hosts` and hosts below
        them; None: to any public one. `stop` ends the waiting; a request that is under way ends with the process only.
        `tries` is how often to ask where a failure may pass.
        FetchError where there is no whole answer; StoppedError where `stop` was set, or the process is to stop.
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
        for tries_left in reversed(range(tries)):
            try:
                return self._follow(first, take_turn)
            except FetchError as error:
                if error.reason not in MAY_PASS or not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")  # pragma: no cover

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
                _record(hop.target.host, outcome, time.perf_counter() - began)
                pace.end_turn(failure, is_refused=is_refused)
            if isinstance(found, Answer):
                record(BYTES, len(found.body), host=_label_of(hop.target.host))
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


def _record(host: str, outcome: str, seconds: float) -> None:
    label = _label_of(host)
    record(REQUESTS, 1, host=label, outcome=outcome)
    record(REQUEST_SECONDS, seconds, host=label)


def _label_of(host: str) -> str:
    """The host as a source declares it, which bounds the number of labels: subdomains are without number."""
    source = by_host(host)
    return next((each for each in source.hosts if on_hosts(host, (each,))), OTHER) if source else OTHER


def fetch_or_wait(
    requests: Iterable[tuple[str, Source | None]], client: PoliteClient, *, hosts_at_once: int = 64
) -> Generator[tuple[str, Answer | FetchError] | None, None, None]:
    """Ask for addresses, hosts in parallel, one request to a host at a time: those of one host in this order.

    Each address comes with the source whose interval holds, and to whose hosts redirects may lead besides the address's
    own, which may be a mirror that no source claims (None: to any public one). None is yielded while nothing comes.

    A consumer that is slow stops the fetching after one more answer of each host. Closing the iterator ends all:
    requests that are under way end by themselves (at their deadline at the latest), none follows.
    """
    ending = Event()

    def ask(request: tuple[str, Source | None]) -> Answer:
        url, source = request
        hosts = (*source.hosts, *filter(None, [host_of(url)])) if source else None
        return client.get(url, source=source, stop=ending, hosts=hosts)

    asked = side_by_side(requests, lambda each: paced_host(each[0]), ask, FetchError, most=hosts_at_once, name="fetch")
    try:
        for found in asked:
            yield found and (found[0][0], found[1])
    finally:
        ending.set()  # for those that wait for their turn
        asked.close()

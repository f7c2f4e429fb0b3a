"""Fetching as a publisher would have it: robots file first, spaced per host, a few tries, within a budget."""

import random
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from math import inf
from queue import Empty, Full, Queue
from threading import Event, Lock
from typing import Final, Self

from infra.base.measures import BYTES, OTHER, REQUEST_SECONDS, REQUESTS, record
from infra.base.settings import Settings
from infra.base.stop import LOOK_SECONDS, STOPPING, StoppedError, raise_if_stopping
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

# An address with its answer or error. Any exception but FetchError is a fault of ours.
_Outcome = tuple[str, Answer | BaseException]
# Answers waiting for the consumer. Each host holds one more: 80 pages, 20 MB as news pages go.
WAITING_ANSWERS: Final = 16
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
        self.requests: Counter[str] = Counter()  # sent, by host
        self._http = http
        self._interval = settings.host_interval_seconds
        self._new_pace = partial(HostPace, clock=clock, sleep=sleep, jitter=jitter)
        self._paces: dict[str, HostPace] = {}
        self._robots = RobotsFiles(max_crawl_delay=settings.max_crawl_delay_seconds, clock=clock)
        self._lock = Lock()  # of paces and counts

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
        with self._lock:
            self.requests[pace.host] += 1
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
    requests: Iterable[tuple[str, Source | None]],
    client: PoliteClient,
    idle_seconds: float | None = None,
    *,
    hosts_at_once: int = 64,
) -> Generator[tuple[str, Answer | FetchError] | None, None, None]:
    """Ask for addresses, hosts in parallel, one request to a host at a time: those of one host in this order.

    Each address comes with the source whose interval holds, and to whose hosts redirects may lead besides the address's
    own (None: to any public one). None is yielded where nothing comes for `idle_seconds`.

    A consumer that is slow stops the fetching after 16 answers. Closing the iterator ends all: requests that are under
    way end by themselves (at their deadline at the latest), none follows. Where the process is to stop, StoppedError
    follows the answers that came.
    """
    by_host: dict[str, list[tuple[str, Source | None]]] = {}
    for url, source in requests:
        by_host.setdefault(_host(url), []).append((url, source))
    if not by_host:
        return
    answers: Queue[_Outcome] = Queue(WAITING_ANSWERS)
    stop = Event()
    pool = ThreadPoolExecutor(min(hosts_at_once, len(by_host)), thread_name_prefix="fetch")
    try:
        for wanted in by_host.values():
            pool.submit(_fetch_host, wanted, client, answers, stop)
        left = sum(map(len, by_host.values()))
        while left:
            outcome = _taken(answers, stop, inf if idle_seconds is None else idle_seconds)
            if outcome is None:
                yield None
                continue
            url, answer = outcome
            left -= 1
            if not isinstance(answer, Answer | FetchError):
                raise answer
            yield url, answer
    finally:
        stop.set()
        pool.shutdown(wait=not STOPPING.is_set(), cancel_futures=True)


def _fetch_host(
    wanted: list[tuple[str, Source | None]], client: PoliteClient, answers: Queue[_Outcome], stop: Event
) -> None:
    for url, source in wanted:
        outcome: _Outcome
        try:
            outcome = url, client.get(url, source=source, stop=stop, hosts=_hosts(url, source))
        except StoppedError:
            return
        except BaseException as error:  # thrown again where the answers are taken
            outcome = url, error
        if not _handed_over(outcome, answers, stop):
            return


def _hosts(url: str, source: Source | None) -> tuple[str, ...] | None:
    """Where redirects may lead; the address's own host may be a mirror that no source claims."""
    return (*source.hosts, *filter(None, [host_of(url)])) if source else None


def _handed_over(outcome: _Outcome, answers: Queue[_Outcome], stop: Event) -> bool:
    """Wait until the outcome is taken; False if nobody wants it any more."""
    while True:
        try:
            answers.put(outcome, timeout=LOOK_SECONDS)
        except Full:
            if stop.is_set():
                return False
        else:
            return True


def _taken(answers: Queue[_Outcome], stop: Event, seconds: float) -> _Outcome | None:
    """The next outcome, None where none comes in time; those that came before a stop are given before StoppedError."""
    ends = time.monotonic() + seconds
    while True:
        if STOPPING.is_set():
            stop.set()  # first, so that nothing follows what is there
        try:
            return answers.get(timeout=LOOK_SECONDS)
        except Empty:
            raise_if_stopping(stop)
            if time.monotonic() >= ends:
                return None


def _host(url: str) -> str:
    """What the address is paced by; malformed ones go together, and are refused one by one."""
    try:
        return paced_host(url)
    except FetchError:
        return ""

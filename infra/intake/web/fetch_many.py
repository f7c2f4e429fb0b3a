"""Many addresses at once: hosts side by side, each host one request after the other."""

import time
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from math import inf
from queue import Empty, Full, Queue
from threading import Event
from typing import Final

from infra.base.stop import LOOK_SECONDS, STOPPING, StoppedError, raise_if_stopping
from infra.intake.web.fetching import Answer, FetchError
from infra.intake.web.polite_client import PoliteClient
from infra.intake.web.politeness import paced_host
from parsers.fields.urls import host_of
from parsers.source.definition import Source

# An address with its answer or error. Any exception but FetchError is a fault of ours.
_Outcome = tuple[str, Answer | BaseException]
# Answers waiting for the consumer. Each host holds one more: 80 pages, 20 MB as news pages go.
WAITING_ANSWERS: Final = 16


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

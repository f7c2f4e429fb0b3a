import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from threading import Event
from typing import Any

import pytest

from infra.base.stop import StoppedError
from infra.intake.web.fetching import Answer
from infra.intake.web.polite_client import paced_host
from infra.work.live import fetch_pages
from parsers.source.definition import Source


class FakeClient:
    """A client that answers at once, or as `answer` says."""

    def __init__(self, answer: Callable[[str, Event], object] = lambda url, stop: None) -> None:
        self.asked: list[str] = []
        self.hosts: list[tuple[str, ...] | None] = []
        self._answer = answer

    def get(self, url: str, *, source: Source | None, stop: Event, hosts: tuple[str, ...] | None) -> Answer:
        self.asked.append(url)
        self.hosts.append(hosts)
        self._answer(url, stop)
        return Answer(url, url, 200, (), b"page", datetime.now(UTC))


def run(client: Any, urls: list[str]) -> Any:
    with closing(fetch_pages.fetch_pages([(url, None) for url in urls], client)) as found:
        yield from filter(None, found)  # None says that none came yet


def pages(hosts: int, each: int) -> list[str]:
    return [f"https://h{host}.example/{number}" for number in range(each) for host in range(hosts)]


def fetching_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("fetch")]


@pytest.mark.parametrize("hosts_at_once", [1, 3, 64])
def test_every_address_comes_once_and_in_order_on_its_host(hosts_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_pages, "HOSTS_AT_ONCE", hosts_at_once)
    urls = pages(10, 20)
    client = FakeClient()
    found = [page.url for page in run(client, urls)]
    assert sorted(found) == sorted(urls)
    for host in range(10):
        mine = [url for url in client.asked if paced_host(url) == f"h{host}.example"]
        assert mine == [f"https://h{host}.example/{number}" for number in range(20)]
    assert fetching_threads() == []


def test_a_slow_consumer_stops_the_fetching() -> None:
    client = FakeClient()
    with closing(run(client, pages(2, 200))) as found:
        next(found)
        before = -1
        while before != len(client.asked):  # until nothing moves any more
            before = len(client.asked)
            time.sleep(0.1)
        assert len(client.asked) <= 4
    assert fetching_threads() == []
    assert len(client.asked) <= 4


def test_closing_ends_those_that_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_pages, "HOSTS_AT_ONCE", 2)

    def answer(url: str, stop: Event) -> None:
        if not url.endswith("/0"):
            assert stop.wait(60)
            raise StoppedError

    client = FakeClient(answer)
    found = run(client, pages(5, 3))
    next(found)
    found.close()
    assert fetching_threads() == []
    assert len(client.asked) <= 5


def test_answers_that_came_before_the_process_is_to_stop_are_given(stopping: Event) -> None:
    waits = Event()

    def answer(url: str, stop: Event) -> None:
        if url == "https://h0.example/1":
            waits.set()
            assert stop.wait(60)
            raise StoppedError

    client = FakeClient(answer)
    found = run(client, pages(2, 2))
    next(found)
    assert waits.wait(60)
    stopping.set()
    assert list(islice(found, 1)) != []
    with pytest.raises(StoppedError):
        list(found)
    assert client.asked.count("https://h0.example/1") == 1

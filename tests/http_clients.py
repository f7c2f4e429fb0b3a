"""HTTP clients for tests: ours, allowed to reach the test's own servers, with a resolver that the test writes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

import pytest

from infra.base.settings import Settings
from infra.intake.web.addresses import AddressPolicy
from infra.intake.web.fetching import Answer, FetchError, FetchReason
from infra.intake.web.http import Hop, HttpClient
from infra.intake.web.polite_client import PoliteClient
from tests.raw_server import RawServer

MAX_BYTES = 1 << 20


def came(error: FetchError) -> Answer:
    """What there was of an answer."""
    assert error.answer
    return error.answer


class SleepingClock:
    """Seconds that pass while somebody sleeps, and all sleeps in order; safe for threads, which share the clock."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._now = 1000.0
        self._lock = Lock()

    def __call__(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        with self._lock:
            self.slept.append(seconds)
            self._now += seconds


class DirectClient(HttpClient):
    """Follows redirects at once, without manners."""

    def get(self, url: str, **options: Any) -> Answer:
        hop: Hop | Answer = self.first(url, **options)
        while isinstance(hop, Hop):
            hop = self.get_once(hop)
        return hop


def names(table: Mapping[str, list[str]]) -> Callable[[str], list[str]]:
    """A resolver that knows these names, and addresses as they are."""
    return lambda host: table.get(host, [host])


@contextmanager
def polite_client(settings: Settings) -> Iterator[PoliteClient]:
    """A client with all manners, whose pauses take no time."""
    clock = SleepingClock()
    policy = AddressPolicy(settings)
    with HttpClient(settings, policy) as http:
        yield PoliteClient(http, settings, clock=clock, sleep=clock.sleep, jitter=lambda: 0.0)


@contextmanager
def client_for(
    *servers: RawServer,
    origins: str = "",
    resolve: Callable[[str], list[str]] | None = None,
    deadline_seconds: float = 10,
    contact: str = "tests@lake.example",
    authorities: str | None = None,
) -> Iterator[DirectClient]:
    """A client that may reach these servers at 127.0.0.1, and nothing else that is private."""
    allowed = ",".join(server.allowed for server in servers)
    settings = Settings(
        allowed_private_hosts=allowed,
        origins=origins,
        contact=contact,
        request_deadline_seconds=deadline_seconds,
        max_page_bytes=MAX_BYTES,
    )
    with DirectClient(settings, AddressPolicy(settings, resolve or names({})), authorities) as client:
        yield client


def refusal(reason: FetchReason, call: Callable[[], object]) -> FetchError:
    with pytest.raises(FetchError) as caught:
        call()
    assert caught.value.reason is reason, caught.value
    return caught.value

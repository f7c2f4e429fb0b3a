"""Robots, pace and retries against real servers; waits take no time, unless a test says so."""

import gzip
import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

import pytest

from bench.politeness import main, measure
from infra.base.settings import Settings
from infra.intake.web.addresses import AddressPolicy
from infra.intake.web.fetching import FetchError, FetchReason
from infra.intake.web.http import HttpClient, user_agent_of
from infra.intake.web.polite_client import TRIES, PoliteClient
from tests.servers import Answer as Said
from tests.servers import scripted_server
from tests.sleeping_clock import SleepingClock

HOSTS = ("a.example", "b.example")
ROBOTS = "https://a.example/robots.txt"
PAGE = "https://a.example/news/1"
OK = Said(200, b"<html>news</html>", {"Content-Type": "text/html"})
DISALLOW = b"User-agent: newslake\nDisallow: /news"


class Site:
    """What the hosts say, by address; pages that nobody scripted are there, robots files are not."""

    def __init__(self, script: Mapping[str, Said | Sequence[Said]]) -> None:
        self.script = {url: [said] if isinstance(said, Said) else list(said) for url, said in script.items()}
        self.asked: list[str] = []

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        url = f"https://{headers['Host']}{path}"
        self.asked.append(url)
        said = self.script.get(url) or [Said(404) if path == "/robots.txt" else OK]
        return said.pop(0) if len(said) > 1 else said[0]  # the last one again and again


@contextmanager
def asking(
    script: Mapping[str, Said | Sequence[Said]], *, deadline: float = 20.0, jitter: float = 0.0, **settings: Any
) -> Iterator[tuple[PoliteClient, Site, SleepingClock]]:
    """A client whose hosts are one server, and whose waits take no time."""
    site = Site(script)
    with scripted_server(site.answer) as server:
        origins = ",".join(f"{host}={server.endpoint}" for host in HOSTS)
        with client_of(Settings(origins=origins, **settings), deadline=deadline, jitter=jitter) as (client, clock):
            yield client, site, clock


@contextmanager
def client_of(
    settings: Settings, *, deadline: float = 20.0, jitter: float = 0.0
) -> Iterator[tuple[PoliteClient, SleepingClock]]:
    clock = SleepingClock()
    policy = AddressPolicy.from_settings(settings)
    user_agent = user_agent_of(settings)
    with HttpClient(policy, user_agent=user_agent, deadline_seconds=deadline, max_bytes=10**6) as http:
        yield PoliteClient(http, settings, clock=clock, sleep=clock.sleep, jitter=lambda: jitter), clock


def reason_of(client: PoliteClient, url: str = PAGE) -> FetchReason:
    with pytest.raises(FetchError) as caught:
        client.get(url)
    return caught.value.reason


def test_r02_a_robots_file_that_never_ends_stops_everything() -> None:
    hanging = Said(200, b"User-agent: *", {"Content-Length": "100", "Connection": "keep-alive"})
    with (
        silent_server() as port,
        client_of(Settings(origins=f"a.example=http://127.0.0.1:{port}"), deadline=0.2) as (client, _),
    ):
        assert reason_of(client) is FetchReason.ROBOTS_UNREACHABLE
    with asking({ROBOTS: hanging}) as (client, _, _):
        assert reason_of(client) is FetchReason.ROBOTS_UNREACHABLE


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield server.getsockname()[1]


PADDING = b"#" * 1_000_000
LONG = DISALLOW + b"\n" + PADDING


@pytest.mark.parametrize(
    "said",
    [
        Said(200, LONG),
        Said(200, LONG, {"Content-Length": "300000000"}),
        Said(200, gzip.compress(DISALLOW + b"\n" + PADDING * 100, mtime=0), {"Content-Encoding": "gzip"}),
        Said(200, b"\xef\xbb\xbf" + DISALLOW.replace(b"\n", b"\r\n"), {"Content-Type": "text/plain"}),
        Said(200, DISALLOW.replace(b"\n", b"\r"), {"Content-Type": "application/octet-stream"}),
        Said(200, b"\x00\xfd\xff\n" + DISALLOW, {"Content-Type": "text/plain; charset=utf-7"}),
        Said(200, b"<html><body>\n" + DISALLOW + b"\n</body></html>", {"Content-Type": "text/html"}),
    ],
    ids=["1-mb", "300-mb-announced", "100-mb-inflated", "mark-crlf", "cr", "binary", "html"],
)
def test_r03_the_rules_of_a_large_or_damaged_robots_file_hold(said: Said) -> None:
    with asking({ROBOTS: said}) as (client, site, _):
        assert reason_of(client) is FetchReason.ROBOTS
        assert client.get("https://a.example/about").body == OK.body
        assert site.asked == [ROBOTS, "https://a.example/about"]


@pytest.mark.parametrize(("redirects", "allowed"), [(1, False), (5, False), (6, True)])
def test_r04_five_redirects_lead_to_the_rules_six_to_none(redirects: int, allowed: bool) -> None:
    """Each to the other host, at whose own robots file nobody looks."""
    places = [ROBOTS, *(f"https://{HOSTS[number % 2]}/robots-{number}" for number in range(1, redirects + 1))]
    script = {here: Said(301, b"", {"Location": there}) for here, there in pairwise(places)}
    script[places[-1]] = Said(200, DISALLOW)
    with asking(script) as (client, site, _):
        if allowed:
            assert client.get(PAGE).body == OK.body
            assert site.asked == [*places[:-1], PAGE]
        else:
            assert reason_of(client) is FetchReason.ROBOTS
            assert site.asked == places


def test_f30_retry_after_slows_the_whole_host_and_no_other() -> None:
    in_50_seconds = format_datetime(datetime.now(UTC) + timedelta(seconds=50), usegmt=True)
    with asking({PAGE: [Said(429, b"", {"Retry-After": in_50_seconds}), OK]}) as (client, site, clock):
        assert client.get(PAGE).body == OK.body
        assert site.asked == [ROBOTS, PAGE, PAGE]
        assert 30 <= sum(clock.slept) - 1 <= 50  # one second after the robots file
        before = sum(clock.slept)
        client.get("https://a.example/other")
        assert sum(clock.slept) - before == pytest.approx(2, rel=0.1)  # still nearly half as fast
        client.get("https://b.example/")
        assert sum(clock.slept) - before == pytest.approx(3, rel=0.1)


def test_f31_a_reset_and_a_closed_connection_are_tried_again() -> None:
    with resetting_server() as (port, resets):
        with client_of(Settings(origins=f"a.example=http://127.0.0.1:{port}")) as (client, _):
            assert reason_of(client) is FetchReason.ROBOTS_UNREACHABLE
        assert len(resets) == TRIES


@contextmanager
def resetting_server() -> Iterator[tuple[int, list[int]]]:
    """A server that resets every connection once something was asked."""
    resets: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    resets.append(1)  # before the reset reaches the client, who then counts them

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], resets
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_the_bench_prints_what_it_measured(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--hosts", "2", "--seconds", "1", "--bare-pages", "3"]
    assert main([*options, "--json"]) == main(options) == 0
    printed = capsys.readouterr().out
    assert '"least_gap"' in printed
    assert "2 hosts, one request every 1 s each, for 1 s" in printed


def test_forty_hosts_at_once_are_never_asked_above_their_rate() -> None:
    """As the server saw it; the rate itself is for the bench, since this machine has other things to do, too."""
    measured = measure(hosts=40, seconds=5, bare_pages=0)
    assert measured.requests >= 40
    assert measured.highest_rate < 1.05  # what a busy machine takes to pass on a request moves both by some hundredths
    assert measured.least_gap > 0.8

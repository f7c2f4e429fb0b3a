"""Robots files over the wire, whose waits take no time, and the pace as a server sees it."""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise

import pytest

from bench.politeness import main, measure
from infra.base.settings import Settings
from infra.intake.web.fetching import FetchError, FetchReason
from infra.intake.web.polite_client import PoliteClient
from tests.http_clients import polite_client
from tests.servers import Answer as Said
from tests.servers import scripted_server

HOSTS = ("a.example", "b.example")
ROBOTS = "https://a.example/robots.txt"
PAGE = "https://a.example/news/1"
OK = Said(200, b"<html>news</html>", {"Content-Type": "text/html"})
DISALLOW = b"User-agent: newslake\nDisallow: /news"


class Site:
    """What the hosts say, by address; pages that nobody scripted are there, robots files are not."""

    def __init__(self, script: Mapping[str, Said]) -> None:
        self.script = script
        self.asked: list[str] = []

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        url = f"https://{headers['Host']}{path}"
        self.asked.append(url)
        return self.script.get(url) or (Said(404) if path == "/robots.txt" else OK)


def reason_of(client: PoliteClient, url: str = PAGE) -> FetchReason:
    with pytest.raises(FetchError) as caught:
        client.get(url)
    return caught.value.reason


@contextmanager
def asking(script: Mapping[str, Said]) -> Iterator[tuple[PoliteClient, Site]]:
    """A client whose hosts are one server, and whose waits take no time."""
    site = Site(script)
    with scripted_server(site.answer) as server:
        settings = Settings(origins=",".join(f"{host}={server.endpoint}" for host in HOSTS))
        with polite_client(settings) as client:
            yield client, site


PADDING = b"#" * 1_000_000
LONG = DISALLOW + b"\n" + PADDING


@pytest.mark.parametrize(
    "said",
    [
        Said(200, LONG),
        Said(200, LONG, {"Content-Length": "300000000"}),
        Said(200, gzip.compress(DISALLOW + b"\n" + PADDING * 100, mtime=0), {"Content-Encoding": "gzip"}),
        Said(200, b"\x00\xfd\xff\n" + DISALLOW, {"Content-Type": "text/plain; charset=utf-7"}),
    ],
    ids=["1-mb", "300-mb-announced", "100-mb-inflated", "binary"],
)
def test_r03_the_rules_of_a_large_or_damaged_robots_file_hold(said: Said) -> None:
    with asking({ROBOTS: said}) as (client, site):
        assert reason_of(client) is FetchReason.ROBOTS
        assert client.get("https://a.example/about").body == OK.body
        assert site.asked == [ROBOTS, "https://a.example/about"]


@pytest.mark.parametrize(("redirects", "allowed"), [(1, False), (5, False), (6, True)])
def test_r04_five_redirects_lead_to_the_rules_six_to_none(redirects: int, allowed: bool) -> None:
    """Each to the other host, at whose own robots file nobody looks."""
    places = [ROBOTS, *(f"https://{HOSTS[number % 2]}/robots-{number}" for number in range(1, redirects + 1))]
    script = {here: Said(301, b"", {"Location": there}) for here, there in pairwise(places)}
    script[places[-1]] = Said(200, DISALLOW)
    with asking(script) as (client, site):
        if allowed:
            assert client.get(PAGE).body == OK.body
            assert site.asked == [*places[:-1], PAGE]
        else:
            assert reason_of(client) is FetchReason.ROBOTS
            assert site.asked == places


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

"""The demo site's server: conditional requests, faults, what it notes, and that it ends without a trace."""

import gzip
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest
import requests

from infra.demo_site import FAULTS, DemoSite, Fault, faults
from parsers.parse import parse
from tests.captures import rejection_of
from tests.demo_requests import DemoClient, demo_client

TODAY = date(2026, 11, 23)
FEED = "https://tass.com/rss/v2.xml"


@pytest.fixture(scope="module")
def running() -> Iterator[DemoSite]:
    with DemoSite(TODAY, days=2, per_day=2) as site:
        yield site


@pytest.fixture
def site(running: DemoSite) -> DemoSite:
    running.clear_faults()
    running.forget_requests()
    return running


@pytest.fixture
def client(site: DemoSite) -> Iterator[DemoClient]:
    with demo_client(site) as sender:
        yield sender


@pytest.fixture
def page(site: DemoSite) -> str:
    return site.expected("tass", TODAY)[0].url


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds; fails after ten seconds."""
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        threading.Event().wait(0.01)


def spoil(site: DemoSite, url: str, fault: Fault) -> None:
    site.set_fault(url.removeprefix("https://"), fault)


@pytest.mark.parametrize("kind", ["feed", "page"])
def test_f28_a_conditional_get_is_answered_304_without_a_body(client: DemoClient, page: str, kind: str) -> None:
    url = FEED if kind == "feed" else page
    first = client.get(url)
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f'"other", {first.headers["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = client.get(url, headers)
        assert (again.status_code, again.content) == (304, b""), headers
        assert again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},  # the tag goes first
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ],
)
def test_f28_a_condition_that_does_not_hold_is_answered_in_full(client: DemoClient, headers: dict[str, str]) -> None:
    assert client.get(FEED, headers).status_code == 200


def test_a_document_without_a_time_ignores_if_modified_since(client: DemoClient, page: str) -> None:
    picture = f"https://tass.com/img/{page.rsplit('/', 1)[1]}.svg"
    first = client.get(picture)
    assert first.headers["Content-Type"] == "image/svg+xml"
    assert "Last-Modified" not in first.headers
    later = client.get(picture, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert later.status_code == 200


def test_last_modified_is_never_after_the_server_started() -> None:
    """RFC 9110, 8.8.2.1, even where the site plays a day to come."""
    with DemoSite(date(2099, 1, 1), days=1, per_day=1) as site, demo_client(site) as client:
        assert "2099" not in client.get(FEED).headers["Last-Modified"]


def test_bodies_are_packed_only_for_clients_that_unpack(client: DemoClient) -> None:
    packed = client.get(FEED, {"Accept-Encoding": "gzip"})
    plain = client.get(FEED, {"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) == len(plain.content)


def test_head_gives_the_headers_of_get(client: DemoClient) -> None:
    head, get = client.get(FEED, method="HEAD"), client.get(FEED)
    assert head.content == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_connections_stay(site: DemoSite) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    for _ in range(2):
        connection.request("GET", "/robots.txt", headers={"Host": "tass.com"})
        first = connection.sock
        connection.getresponse().read()
        assert connection.sock is first
    connection.close()


def test_requests_are_noted_in_order_with_host_status_and_time(site: DemoSite, client: DemoClient) -> None:
    before = time.monotonic()
    client.get(FEED, {"User-Agent": "newslake (test)"})
    client.get("https://theissue.com/x?y=1")
    noted = [(request.host, request.path, request.status) for request in site.requests]
    assert noted == [("tass.com", "/rss/v2.xml", 200), ("theissue.com", "/x?y=1", 301)]
    assert before <= site.requests[0].at <= site.requests[1].at <= time.monotonic()
    assert site.requests[0].user_agent == "newslake (test)"


def test_origins_name_every_host_that_is_played(site: DemoSite) -> None:
    origins = dict(pair.split("=", 1) for pair in site.origins.split(","))
    assert set(origins) == {
        "tass.com",
        "theissue.com",
        "www.theissue.com",
        "globalresearch.ca",
        "www.globalresearch.ca",
    }
    assert set(origins.values()) == {site.url}


def test_a_browser_gets_an_index_and_sites_whose_links_stay_here(site: DemoSite, page: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        index = session.get(f"{site.url}/")
        assert "The demo site of newslake" in index.text
        assert 'href="/www.theissue.com/"' in index.text
        assert session.get(f"{site.url}/_health").text == "ok\n"
        assert session.get(f"{site.url}/nothing").status_code == 404
        shown = session.get(f"{site.url}/{page.removeprefix('https://')}")
        assert shown.status_code == 200
        assert 'href="https://' not in shown.text
        assert 'href="/tass.com/society/"' in shown.text
        assert session.get(f"{site.url}/tass.com/robots.txt").text.startswith("# Everybody is welcome")
        first = next(article.url for article in site.expected("theissue", TODAY) if article.url.endswith("00"))
        old = session.get(f"{site.url}/www.theissue.com/news/{first.rsplit('-', 1)[1]}-first-draft")
        assert old.url == f"{site.url}/{first.removeprefix('https://')}"  # the redirect stays here too
        assert session.get(f"{site.url}/tass.com/tag/nowhere").status_code == 404
        assert "<h1>The news of the county</h1>" in session.get(f"{site.url}/www.theissue.com/").text
    assert "/_health" not in [request.path for request in site.requests]


# Faults


STATUSES = {
    "rate_limited": 429, "server_error": 500, "challenge": 403, "consent": 200, "soft_404": 200, "maintenance": 200,
    "empty": 200, "not_html": 200, "gone": 410, "redirect_private": 302, "redirect_loop": 302,
}  # fmt: skip


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_f29_f31_a_fault_is_played_as_often_as_said(
    site: DemoSite, client: DemoClient, page: str, name: str, status: int
) -> None:
    spoil(site, page, FAULTS[name](1))
    answer = client.get(page)
    assert answer.status_code == status
    healthy = client.get(page)
    assert healthy.status_code == 200
    assert len(healthy.content) > 5000
    assert answer.content != healthy.content


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("consent", "consent"),
        ("soft_404", "soft_error"),
        ("maintenance", "soft_error"),
        ("empty", "empty"),
        ("not_html", "not_html"),
    ],
)
def test_p10_f33_pages_under_a_status_that_lies_are_rejected(
    site: DemoSite, client: DemoClient, page: str, name: str, reason: str
) -> None:
    spoil(site, page, FAULTS[name]())
    assert rejection_of(parse(client.capture(page))).reason == reason


def test_p10_a_challenge_may_come_under_200(site: DemoSite, client: DemoClient, page: str) -> None:
    spoil(site, page, faults.challenge(status=200))
    assert rejection_of(parse(client.capture(page))).reason == "challenge"


def test_f30_retry_after_is_what_was_asked_for(site: DemoSite, client: DemoClient, page: str) -> None:
    for value in ("7", "Fri, 01 Jan 2100 00:00:00 GMT", None):
        spoil(site, page, faults.rate_limited(retry_after=value))
        assert client.get(page).headers.get("Retry-After") == value


def test_f31_the_status_of_a_server_error_can_be_chosen(site: DemoSite, client: DemoClient, page: str) -> None:
    spoil(site, page, faults.server_error(status=503))
    assert client.get(page).status_code == 503


def test_f05_a_redirect_leads_to_the_metadata_address(site: DemoSite, client: DemoClient, page: str) -> None:
    spoil(site, page, faults.redirect_private())
    assert client.get(page).headers["Location"] == "http://169.254.169.254/latest/meta-data/"


def test_f09_redirects_go_in_a_circle_of_two(site: DemoSite, client: DemoClient, page: str) -> None:
    spoil(site, page, faults.redirect_loop())
    there = client.get(page).headers["Location"]
    assert there != page
    assert client.get(there).headers["Location"] == page


def test_f18_a_truncated_body_is_half_of_what_was_promised(site: DemoSite, client: DemoClient, page: str) -> None:
    spoil(site, page, faults.truncated())
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        client.get(page)


def test_f19_a_truncated_gzip_body_has_the_length_that_it_states(site: DemoSite, page: str) -> None:
    spoil(site, page, faults.gzip_truncated())
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", page.removeprefix("https://tass.com"), headers={"Host": "tass.com"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(body)
    with pytest.raises(EOFError):
        gzip.decompress(body)


def test_f16_a_bomb_is_small_on_the_wire_and_300_mb_unpacked(site: DemoSite, page: str) -> None:
    spoil(site, page, faults.bomb())
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request("GET", page.removeprefix("https://tass.com"), headers={"Host": "tass.com"})
    answer = connection.getresponse()
    assert int(answer.headers["Content-Length"]) < 400_000
    unpacked = 0
    with gzip.GzipFile(fileobj=answer) as stream:
        while part := stream.read(1 << 20):
            unpacked += len(part)
    connection.close()
    assert unpacked == 300 << 20


def test_f34_a_page_may_be_larger_than_any_real_one(site: DemoSite, client: DemoClient, page: str) -> None:
    spoil(site, page, faults.too_large(megabytes=2))
    assert len(client.get(page).content) == 2 << 20


def test_f25_a_slow_answer_comes_whole_and_late(site: DemoSite, client: DemoClient, page: str) -> None:
    usual = client.get(page).content
    spoil(site, page, faults.slow(seconds=0.2))
    begun = time.monotonic()
    assert client.get(page).content == usual
    assert time.monotonic() - begun >= 0.2


def test_f25_a_dripping_answer_comes_in_small_parts(site: DemoSite, client: DemoClient) -> None:
    url = "https://tass.com/robots.txt"
    usual = client.get(url).content
    spoil(site, url, faults.drip(seconds=0.001, octets=20))
    assert client.get(url).content == usual


@pytest.mark.parametrize("name", ["drip", "hang", "slow"])
def test_f25_a_client_that_gives_up_frees_the_server(site: DemoSite, page: str, name: str) -> None:
    spoil(site, page, FAULTS[name]())
    before = threading.active_count()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", page.removeprefix("https://tass.com"), headers={"Host": "tass.com"})
    wait_for(lambda: bool(site.requests))
    connection.close()
    wait_for(lambda: threading.active_count() <= before)


def test_f31_a_reset_connection_gives_no_answer(site: DemoSite, client: DemoClient, page: str) -> None:
    spoil(site, page, faults.reset())
    with pytest.raises(requests.exceptions.ConnectionError):
        client.get(page)
    assert site.requests[-1].status is None


def test_a_fault_holds_for_a_path_a_host_or_everything_and_the_longest_place_wins(
    site: DemoSite, client: DemoClient, page: str
) -> None:
    site.set_fault("/", faults.server_error(status=500))
    site.set_fault("tass.com", faults.server_error(status=502))
    site.set_fault("/robots.txt", faults.server_error(status=503))
    spoil(site, page, faults.gone())
    robots = "/robots.txt"
    asked = (page, FEED, f"https://www.theissue.com{robots}", "https://www.theissue.com/feed/")
    assert [client.get(url).status_code for url in asked] == [410, 502, 503, 500]
    site.clear_faults()
    assert client.get(page).status_code == 200


def test_faults_can_be_given_at_the_start() -> None:
    with (
        DemoSite(TODAY, days=1, per_day=1, faults={"tass.com/rss": faults.gone()}) as site,
        demo_client(site) as client,
    ):
        assert client.get(FEED).status_code == 410


# The end


def test_the_end_leaves_no_thread_and_no_port() -> None:
    """Whatever clients are doing: a connection without a request, an idle one, one that waits for its answer."""
    before = set(threading.enumerate())
    with DemoSite(TODAY, days=1, per_day=1, faults={"tass.com/rss": faults.hang()}) as site:
        address = ("127.0.0.1", site.port)
        silent = socket.create_connection(address)
        idle = http.client.HTTPConnection(*address)
        idle.request("GET", "/_health")
        idle.getresponse().read()
        waiting = socket.create_connection(address)
        waiting.sendall(b"GET /rss/v2.xml HTTP/1.1\r\nHost: tass.com\r\n\r\n")
        wait_for(lambda: len(site.requests) == 1)
    assert set(threading.enumerate()) <= before
    assert waiting.recv(10) == b""
    for connection in (silent, idle, waiting):
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)

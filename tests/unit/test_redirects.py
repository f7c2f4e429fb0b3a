"""Redirects: where they may lead (F05, F08, F11, F13), when they end (F09, F10), what goes along (F12)."""

import pytest

from infra.intake.web.fetching import FetchReason
from infra.intake.web.http import Hop
from tests.http_clients import came, client_for, refusal
from tests.raw_server import Reply, answer, raw_server, redirect
from tests.tables import table


def test_redirects_are_followed_hop_by_hop() -> None:
    replies = {"/": redirect("/two", "301 Moved"), "/two": redirect("three?x=1", "307 T"), "/three?x=1": answer()}
    with raw_server(replies) as server, client_for(server) as client:
        got = client.get(server.url)
        assert got.final_url == f"{server.url}/three?x=1"

        hop = client.get_once(client.first(server.url))
        assert isinstance(hop, Hop)
        assert hop.target.url == f"{server.url}/two"
        assert server.paths() == ["/", "/two", "/three?x=1", "/"]


@pytest.mark.parametrize(("location", "reason"), table("redirects").items())
def test_f05_f08_a_redirect_to_a_private_address_or_other_scheme_is_refused_there(location: str, reason: str) -> None:
    with raw_server(redirect(location)) as server, raw_server(answer()) as other, client_for(server) as client:
        error = refusal(FetchReason[reason.upper()], lambda: client.get(server.url))
        assert (len(server.requests), other.connections) == (1, 0)
    assert "hunter2" not in str(error)
    assert (error.status, came(error).final_url) == (302, f"{server.url}/")
    assert ("Location", location) in came(error).headers


@pytest.mark.parametrize(
    ("replies", "requests"),
    [
        ({"/": redirect("/")}, 1),
        ({"/": redirect("#again")}, 1),
        ({"/": redirect("/two"), "/two": redirect("/")}, 2),
        ({"/": redirect("/1"), **{f"/{number}": redirect(f"/{number + 1}") for number in range(50)}}, 6),
    ],
)
def test_f09_redirects_in_a_circle_or_without_end_are_left(replies: dict[str, Reply], requests: int) -> None:
    with raw_server(replies) as server, client_for(server) as client:
        refusal(FetchReason.REDIRECT_LOOP, lambda: client.get(server.url))
        assert len(server.requests) == requests


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"", status="302 Found"),
        *(
            redirect(location)
            for location in ["", "  ", "http://[::1", "http://", "http://a\\@b/", "/a\x00b", "/a\x7f"]
        ),
        *(
            redirect(location)
            for location in ["/\xff\xfe", "http://exa mple.com/", "http://u:hunter2@[::1", "http://a:b/"]
        ),
        answer(b"", "Location: /a", "Location: /b", status="301 Moved"),
        answer(b"", "Location: /a", status="300 Multiple Choices"),
        answer(b"", "Location: /a", status="305 Use Proxy"),
    ],
)
def test_f10_a_redirect_without_a_usable_target_is_refused(reply: bytes) -> None:
    with raw_server(reply) as server, client_for(server) as client:
        error = refusal(FetchReason.REDIRECT, lambda: client.get(server.url))
        assert len(server.requests) == 1
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("location", "path"),
    [("/ü".encode().decode("latin-1"), "/%C3%BC"), ("/a b", "/a%20b"), (" /x ", "/x"), ("?q=1", "/?q=1")],
)
def test_f10_sloppy_targets_are_read_as_browsers_do(location: str, path: str) -> None:
    with raw_server({"/": redirect(location), path: answer()}) as server, client_for(server) as client:
        assert client.get(server.url).final_url == f"{server.url}{path}"


def test_f11_an_origin_is_asked_without_tls_and_its_addresses_stay_https() -> None:
    replies = {"/": redirect("/x"), "/x": answer(), "/plain": redirect("http://tass.com/x")}
    with raw_server(replies) as server, client_for(origins=f"tass.com={server.url}") as client:
        got = client.get("https://tass.com/")
        assert (got.final_url, server.header("Host")) == ("https://tass.com/x", "tass.com")
        refusal(FetchReason.REDIRECT, lambda: client.get("https://tass.com/plain"))
        assert server.paths()[-1] == "/plain"


def test_f12_own_headers_are_not_sent_on_to_another_host_nor_back() -> None:
    own = {"X-Api-Key": "hunter2", "accept": "application/rss+xml", "If-None-Match": '"1"'}
    with (
        raw_server(answer()) as last,
        raw_server(redirect(f"{last.url}/")) as other,
        raw_server(redirect(f"{other.url}/")) as first,
        client_for(first, other, last) as client,
    ):
        client.get(first.url, headers=own)

    assert first.header("X-Api-Key") == "hunter2"
    assert first.header("Accept") == "application/rss+xml"
    assert first.requests[0].lower().count("accept:") == 1
    for server in (other, last):
        assert server.header("X-Api-Key") is None
        assert server.header("If-None-Match") is None
        assert server.header("Accept") != "application/rss+xml"
        assert (server.header("User-Agent") or "").startswith("newslake/")


@pytest.mark.parametrize(("location", "allowed"), table("urls")["redirects"])
def test_f13_a_redirect_to_another_site_is_refused_where_the_hosts_are_given(location: str, allowed: bool) -> None:
    with raw_server({"/start": redirect(location), "*": answer()}) as server:
        hosts = ["tass.com", "www.tass.com", "other.example", "nottass.com", "tass.com.evil.example"]
        with client_for(origins=",".join(f"{host}={server.url}" for host in hosts)) as client:
            if allowed:
                assert client.get("https://tass.com/start", hosts=("tass.com",)).status == 200
            else:
                refusal(FetchReason.OFF_SITE, lambda: client.get("https://tass.com/start", hosts=("tass.com",)))
                assert len(server.requests) == 1
            assert client.get("https://tass.com/start").status == 200

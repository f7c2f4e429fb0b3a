"""The client: redirects (F05, F08-F13), what is sent (F12, F14, F32), what a status means (F27-F29)."""

import threading
from importlib import metadata
from pathlib import Path

import pytest

from infra.settings import Settings
from infra.web.fetching import FetchError, FetchReason
from infra.web.http import user_agent_of
from tests.http_clients import MAX_BYTES, client_for, refusal
from tests.raw_server import Reply, answer, raw_server, redirect

VERSION = metadata.version("newslake")


def test_a_page_comes_with_all_that_is_known_of_it() -> None:
    with (
        raw_server(answer(b"<p>text</p>", "X-One: a", "x-one: b", 'ETag: "1"')) as server,
        client_for(server) as client,
    ):
        got = client.get(f"{server.url}/a b#c".replace(" ", "%20"))

    assert (got.status, got.body, got.redirects, got.flags) == (200, b"<p>text</p>", (), ())
    assert got.url == f"{server.url}/a%20b#c"
    assert got.final_url == f"{server.url}/a%20b"
    assert ("X-One", "a") in got.headers
    assert got.header("etag") == '"1"'
    assert got.header("x-two") is None
    assert got.fetched_at.utcoffset() is not None
    assert server.paths() == ["/a%20b"]


# Redirects


def test_redirects_are_followed_and_each_hop_is_announced() -> None:
    announced: list[str] = []
    replies = {"/": redirect("/two", "301 Moved"), "/two": redirect("three?x=1", "307 T"), "/three?x=1": answer()}
    with raw_server(replies) as server, client_for(server) as client:
        got = client.get(server.url, before_request=announced.append)

    assert got.final_url == f"{server.url}/three?x=1"
    assert got.redirects == (f"{server.url}/two",)
    assert announced == [f"{server.url}/", f"{server.url}/two", f"{server.url}/three?x=1"]


def test_whoever_is_asked_before_a_request_may_forbid_it() -> None:
    def forbid(url: str) -> None:
        if url.endswith("/two"):
            raise FetchError(FetchReason.ROBOTS, "no")

    with raw_server({"/": redirect("/two")}) as server, client_for(server) as client:
        refusal(FetchReason.ROBOTS, lambda: client.get(server.url, before_request=forbid))
        assert server.paths() == ["/"]


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.1:9/", FetchReason.ADDRESS),
        ("http://10.0.0.1/", FetchReason.ADDRESS),
        ("http://169.254.169.254/latest/meta-data/", FetchReason.ADDRESS),
        ("//2130706433/", FetchReason.ADDRESS),
        ("http://[::ffff:10.0.0.1]/", FetchReason.ADDRESS),
        ("http://localhost/", FetchReason.ADDRESS),
        ("http://user:hunter2@example.com/", FetchReason.URL),
        ("http://example.com:22/", FetchReason.PORT),
    ],
)
def test_f05_a_redirect_to_a_private_address_is_refused_at_that_hop(location: str, reason: FetchReason) -> None:
    with raw_server(redirect(location)) as server, raw_server(answer()) as other, client_for(server) as client:
        error = refusal(reason, lambda: client.get(server.url))
        assert (len(server.requests), other.connections) == (1, 0)
    assert "hunter2" not in str(error)
    assert (error.status, error.final_url) == (302, f"{server.url}/")
    assert ("Location", location) in error.headers


def test_f05_a_redirect_to_a_name_that_is_private_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        raw_server(redirect("http://inside.example/")) as server,
        client_for(server, resolve=lambda host: ["10.0.0.7"] if host == "inside.example" else [host]) as client,
    ):
        refusal(FetchReason.ADDRESS, lambda: client.get(server.url))


@pytest.mark.parametrize("location", ["file:///etc/passwd", "data:text/html,x", "javascript:alert(1)", "ftp://a.org/"])
def test_f08_a_redirect_to_another_scheme_is_refused(location: str) -> None:
    with raw_server(redirect(location)) as server, client_for(server) as client:
        refusal(FetchReason.SCHEME, lambda: client.get(server.url))
        assert len(server.requests) == 1


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


def test_f09_five_redirects_are_followed() -> None:
    replies = {
        "/": redirect("/1"),
        **{f"/{number}": redirect(f"/{number + 1}") for number in range(1, 5)},
        "/5": answer(),
    }
    with raw_server(replies) as server, client_for(server) as client:
        assert len(client.get(server.url).redirects) == 4


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


def test_f10_the_same_target_twice_is_one() -> None:
    twice = answer(b"", "Location: /x", "Location: /x", status="301 Moved")
    with raw_server({"/": twice, "/x": answer()}) as server, client_for(server) as client:
        assert client.get(server.url).status == 200


def test_f11_https_does_not_lead_to_http() -> None:
    with raw_server(redirect("http://tass.com/x")) as server, client_for(origins=f"tass.com={server.url}") as client:
        refusal(FetchReason.REDIRECT, lambda: client.get("https://tass.com/"))
        assert len(server.requests) == 1


def test_f11_an_origin_is_asked_without_tls_and_its_addresses_stay_https() -> None:
    with (
        raw_server({"/": redirect("/x"), "/x": answer()}) as server,
        client_for(origins=f"tass.com={server.url}") as client,
    ):
        got = client.get("https://tass.com/")
    assert (got.final_url, server.header("Host")) == ("https://tass.com/x", "tass.com")


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
        assert server.header("User-Agent") == "newslake/test"


def test_f12_own_headers_go_on_to_the_same_host_and_from_http_to_https_of_it() -> None:
    with (
        raw_server({"/": redirect("https://tass.com/x"), "/x": redirect("https://ap.org/y"), "*": answer()}) as server,
        client_for(origins=f"tass.com={server.url},ap.org={server.url}") as client,
    ):
        client.get("http://tass.com/", headers={"X-Api-Key": "hunter2"})
    assert [server.header("X-Api-Key", request) for request in range(2)] == ["hunter2", "hunter2"]


def test_f12_own_headers_do_not_go_on_to_another_port() -> None:
    with (
        raw_server({"/": redirect("https://tass.com:8443/x"), "*": answer()}) as server,
        client_for(origins=f"tass.com={server.url}") as client,
    ):
        client.get("https://tass.com/", headers={"X-Api-Key": "hunter2"})
    assert [server.header("X-Api-Key", request) for request in range(2)] == ["hunter2", None]


@pytest.mark.parametrize(
    ("location", "allowed"),
    [
        ("https://www.tass.com/x", True),
        ("/home", True),
        ("https://other.example/", False),
        ("https://nottass.com/", False),
        ("https://tass.com.evil.example/", False),
    ],
)
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


# What is sent


def test_f14_netrc_proxies_and_certificates_of_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login user password hunter2\n", "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with raw_server(answer(b"proxy")) as proxy, raw_server(answer(b"page")) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
        with client_for(server) as client:
            assert client.get(server.url).body == b"page"
        assert proxy.connections == 0
    assert server.header("Authorization") is None


def test_f32_cookies_are_never_sent_back() -> None:
    flood = [f"Set-Cookie: c{number}={'x' * 500}; Domain=com; Path=/" for number in range(90)]
    page = answer(b"<html>", "Connection: keep-alive", *flood)
    with (
        raw_server({"/": answer(b"", "Location: /x", *flood, status="302 F"), "/x": page}) as server,
        client_for(server) as client,
    ):
        got = client.get(server.url)
        client.get(f"{server.url}/x")
    assert sum(name == "Set-Cookie" for name, _ in got.headers) == 90
    assert not any("cookie:" in request.lower() for request in server.requests)


def test_the_user_agent_names_the_project_and_the_contact() -> None:
    assert user_agent_of(Settings()) == f"newslake/{VERSION}"
    assert (
        user_agent_of(Settings(contact="https://lake.example/bot")) == f"newslake/{VERSION} (+https://lake.example/bot)"
    )
    assert user_agent_of(Settings(contact="https://a.example/(x)")) == rf"newslake/{VERSION} (+https://a.example/\(x\))"


@pytest.mark.parametrize(
    ("contact", "sender"),
    [("a@lake.example", "a@lake.example"), ("mailto:a@lake.example", "a@lake.example"), ("https://b.example/@a", None)],
)
def test_a_mail_contact_is_also_the_sender(contact: str, sender: str | None) -> None:
    agent = user_agent_of(Settings(contact=contact))
    with raw_server(answer()) as server, client_for(server, user_agent=agent) as client:
        client.get(server.url)
    assert server.header("User-Agent") == agent
    assert server.header("From") == sender
    assert server.header("Accept-Encoding") == "gzip, deflate"
    assert (server.header("Accept") or "").startswith("text/html,")


# What a status means


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("204 No Content", FetchReason.EMPTY),
        ("205 Reset Content", FetchReason.EMPTY),
        ("200 OK", FetchReason.EMPTY),
        ("206 Partial Content", FetchReason.PARTIAL),
        ("304 Not Modified", FetchReason.PARTIAL),
        ("202 Accepted", FetchReason.STATUS),
        ("103 Early Hints", FetchReason.PROTOCOL),
        ("101 Switching Protocols", FetchReason.PROTOCOL),
        ("777 Lucky", FetchReason.PROTOCOL),
    ],
)
def test_f27_a_status_without_a_page_is_none(status: str, reason: FetchReason) -> None:
    with raw_server(answer(b"", status=status)) as server, client_for(server) as client:
        error = refusal(reason, lambda: client.get(server.url))
    assert error.status == int(status[:3])


@pytest.mark.parametrize("name", ["If-None-Match", "if-modified-since"])
@pytest.mark.parametrize("header", ["Content-Length: 9999999999", "Transfer-Encoding: chunked", 'ETag: "2"'])
def test_f28_a_304_to_a_conditional_request_is_an_answer_without_a_body(name: str, header: str) -> None:
    reply = answer(b"", header, status="304 Not Modified", length=False)
    with raw_server(reply) as server, client_for(server) as client:
        got = client.get(server.url, headers={name: "x"})
    assert (got.status, got.body, got.flags) == (304, b"", ())
    assert tuple(header.split(": ")) in got.headers


def test_f28_a_304_after_a_redirect_that_dropped_the_condition_was_not_asked_for() -> None:
    with (
        raw_server(answer(b"", status="304 N")) as other,
        raw_server(redirect(f"{other.url}/")) as server,
        client_for(server, other) as client,
    ):
        refusal(FetchReason.PARTIAL, lambda: client.get(server.url, headers={"If-None-Match": "x"}))


def test_a_206_to_a_request_for_a_range_is_an_answer() -> None:
    reply = answer(b"part", "Content-Range: bytes 0-3/10", status="206 Partial Content")
    with raw_server(reply) as server, client_for(server) as client:
        got = client.get(server.url, headers={"Range": "bytes=0-3"})
    assert (got.status, got.body) == (206, b"part")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451, 499])
def test_f29_a_4xx_says_that_there_is_no_page_and_what_came_is_kept(status: int) -> None:
    with (
        raw_server(answer(b"<h1>Gone</h1>", "X-Why: law", status=f"{status} No")) as server,
        client_for(server) as client,
    ):
        error = refusal(FetchReason.STATUS, lambda: client.get(server.url))
        assert len(server.requests) == 1
    assert (error.status, error.body, error.retry_after) == (status, b"<h1>Gone</h1>", None)
    assert ("X-Why", "law") in error.headers
    assert error.final_url == f"{server.url}/"
    assert not error.reason.transient


def test_f29_a_4xx_whose_body_is_too_large_or_damaged_is_still_a_4xx() -> None:
    replies = {
        "/large": answer(b"x" * (MAX_BYTES + 1), status="404 N"),
        "/zip": answer(b"x", "Content-Encoding: gzip", status="404 N"),
    }
    with raw_server(replies) as server, client_for(server) as client:
        for path in replies:
            error = refusal(FetchReason.STATUS, lambda path=path: client.get(f"{server.url}{path}"))  # type: ignore[misc]
            assert (error.status, error.body) == (404, b"")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, FetchReason.RATE_LIMITED),
        (503, FetchReason.SERVER_ERROR),
        (500, FetchReason.SERVER_ERROR),
        (599, FetchReason.SERVER_ERROR),
    ],
)
def test_a_server_that_asks_to_wait_is_understood(status: int, reason: FetchReason) -> None:
    with (
        raw_server(answer(b"busy", "Retry-After: 120", status=f"{status} Wait")) as server,
        client_for(server) as client,
    ):
        error = refusal(reason, lambda: client.get(server.url))
    assert (error.status, error.retry_after, error.body) == (status, 120.0, b"busy")
    assert error.reason.transient


def test_header_values_are_one_line() -> None:
    with (
        raw_server(answer(b"<html>", "X-Folded: one", " two", "X-Last: three")) as server,
        client_for(server) as client,
    ):
        got = client.get(server.url)
    assert got.header("X-Folded") == "one two"
    assert got.header("X-Last") == "three"


def test_threads_share_a_client() -> None:
    with raw_server(answer(b"<html>", "Connection: keep-alive")) as server, client_for(server) as client:
        bodies: list[bytes] = []
        threads = [
            threading.Thread(target=lambda: bodies.extend(client.get(server.url).body for _ in range(5)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert bodies == [b"<html>"] * 40
    assert server.connections <= 8


def test_the_largest_body_may_be_set_for_a_request() -> None:
    with raw_server(answer(b"x" * 100)) as server, client_for(server) as client:
        refusal(FetchReason.TOO_LARGE, lambda: client.get(server.url, max_bytes=99))
        assert len(client.get(server.url, max_bytes=100).body) == 100

"""The client: what is sent (F14, F32), what a status means (F27-F29)."""

from importlib import metadata
from pathlib import Path

import pytest

from infra.base.settings import Settings
from infra.intake.web.fetching import FetchReason
from infra.intake.web.http import user_agent_of
from tests.bodies import reason_of
from tests.http_clients import came, client_for, refusal
from tests.raw_server import answer, raw_server

VERSION = metadata.version("newslake")


def test_a_page_comes_with_all_that_is_known_of_it() -> None:
    with (
        raw_server(answer(b"<p>text</p>", "X-One: a", "x-one: b", 'ETag: "1"')) as server,
        client_for(server) as client,
    ):
        got = client.get(f"{server.url}/a b#c".replace(" ", "%20"))

    assert (got.status, got.body, got.maybe_truncated) == (200, b"<p>text</p>", False)
    assert got.url == f"{server.url}/a%20b#c"
    assert got.final_url == f"{server.url}/a%20b"
    assert ("X-One", "a") in got.headers
    assert got.header("etag") == '"1"'
    assert got.header("x-two") is None
    assert got.fetched_at.utcoffset() is not None
    assert server.paths() == ["/a%20b"]


# What is sent


def test_f14_netrc_proxies_and_certificates_are_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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
    with raw_server(answer()) as server, client_for(server, contact=contact) as client:
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
        ("101 Switching Protocols", FetchReason.PROTOCOL),
        ("777 Lucky", FetchReason.PROTOCOL),
    ],
)
def test_f27_a_status_without_a_page_is_none(status: str, reason: FetchReason) -> None:
    error = reason_of(answer(b"", status=status))
    assert (error.reason, error.status) == (reason, int(status[:3]))


@pytest.mark.parametrize("name", ["If-None-Match", "if-modified-since"])
@pytest.mark.parametrize("header", ["Content-Length: 9999999999", "Transfer-Encoding: chunked", 'ETag: "2"'])
def test_f28_a_304_to_a_conditional_request_is_an_answer_without_a_body(name: str, header: str) -> None:
    reply = answer(b"", header, status="304 Not Modified", length=False)
    with raw_server(reply) as server, client_for(server) as client:
        got = client.get(server.url, headers={name: "x"})
    assert (got.status, got.body, got.maybe_truncated) == (304, b"", False)
    assert tuple(header.split(": ")) in got.headers


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451, 499])
def test_f29_a_4xx_says_that_there_is_no_page_and_what_came_is_kept(status: int) -> None:
    with (
        raw_server(answer(b"<h1>Gone</h1>", "X-Why: law", status=f"{status} No")) as server,
        client_for(server) as client,
    ):
        error = refusal(FetchReason.STATUS, lambda: client.get(server.url))
        assert len(server.requests) == 1
    assert (error.status, came(error).body, error.retry_after) == (status, b"<h1>Gone</h1>", None)
    assert ("X-Why", "law") in came(error).headers
    assert came(error).final_url == f"{server.url}/"
    assert not error.reason.transient


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, FetchReason.RATE_LIMITED),
        (503, FetchReason.SERVER_ERROR),
        (500, FetchReason.SERVER_ERROR),
        (599, FetchReason.SERVER_ERROR),
        (408, FetchReason.SERVER_ERROR),
        (425, FetchReason.SERVER_ERROR),
    ],
)
def test_a_server_that_asks_to_wait_is_understood(status: int, reason: FetchReason) -> None:
    error = reason_of(answer(b"busy", "Retry-After: 120", status=f"{status} Wait"))
    assert (error.reason, error.status, error.retry_after, came(error).body) == (reason, status, 120.0, b"busy")
    assert error.reason.transient

"""Where connections go (F02-F04), whom they trust (F15), and that they end at their deadline (F25)."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from trustme import CA

from infra.intake.web.fetching import FetchError, FetchReason
from infra.intake.web.http import Hop
from tests.http_clients import client_for, names, refusal
from tests.raw_server import RawServer, Reply, answer, drip, hang, raw_server

DEADLINE = 0.5  # seconds; without it, each answer of these would go on until pytest ends the test


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server(answer()) as started:
        yield started


# F04: names


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]", "0x7f000001"])
def test_f02_f03_nothing_reaches_a_private_host_that_is_not_allowed(server: RawServer, host: str) -> None:
    with client_for() as client, pytest.raises(FetchError) as caught:
        client.get(f"http://{host}:{server.port}/")
    assert caught.value.reason in {FetchReason.ADDRESS, FetchReason.PORT}
    assert server.connections == 0


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["::1", "1.1.1.1"], ["1.1.1.1", "fe80::1%eth0"], ["1.1.1.1", "nonsense"]],
)
def test_f04_a_public_name_with_a_private_address_is_refused_with_nothing_sent(
    server: RawServer, addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.intake.web.addresses.WEB_PORTS", frozenset({server.port}))
    with client_for(resolve=names({"news.example": addresses})) as client:
        error = refusal(FetchReason.ADDRESS, lambda: client.get(f"http://news.example:{server.port}/"))
    assert "news.example resolves to" in error.detail
    assert server.connections == 0


def test_f04_a_name_that_changes_meanwhile_is_asked_once(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: whatever the second resolution would have said, nobody hears it."""
    monkeypatch.setattr("infra.intake.web.addresses.WEB_PORTS", frozenset({server.port}))
    asked: list[str] = []
    connected: list[str] = []
    resolutions = iter([["93.184.216.34"], ["127.0.0.1"]])

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return next(resolutions)

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError("no internet in tests")

    monkeypatch.setattr("infra.intake.web.connections.create_connection", connect)
    with client_for(resolve=resolve) as client:
        refusal(FetchReason.CONNECTION, lambda: client.get(f"http://news.example:{server.port}/"))
        refusal(FetchReason.ADDRESS, lambda: client.get(f"http://news.example:{server.port}/"))
    assert asked == ["news.example", "news.example"]
    assert connected == ["93.184.216.34"]
    assert server.connections == 0


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (socket.gaierror(-2, "Name or service not known"), FetchReason.DNS),
        (UnicodeError("label empty or too long"), FetchReason.URL),
        (ValueError("embedded null"), FetchReason.DNS),
    ],
)
def test_a_name_that_does_not_resolve_says_so(failure: Exception, reason: FetchReason) -> None:
    def resolve(host: str) -> list[str]:
        raise failure

    with client_for(resolve=resolve) as client:
        refusal(reason, lambda: client.get("https://news.example/"))


# F15: certificates


@pytest.fixture(scope="module")
def authority() -> CA:
    return CA()


def certified(authority: CA, host: str, days: int = 1) -> ssl.SSLContext:
    """For a server whose certificate names `host` and is valid for `days`; negative: expired by then."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, not_after=datetime.now(UTC) + timedelta(days)).configure_cert(context)
    return context


def tls_client(stack: ExitStack, server: RawServer, authorities: Path | None) -> Callable[[], object]:
    known = str(authorities) if authorities else None
    client = stack.enter_context(client_for(server, resolve=names({"news.example": ["127.0.0.1"]}), authorities=known))
    return lambda: client.get(f"https://news.example:{server.port}/")


def test_f15_a_certificate_is_checked_by_name_though_the_connection_has_an_address(
    authority: CA, tmp_path: Path
) -> None:
    sni: list[str | None] = []
    context = certified(authority, "news.example")
    context.sni_callback = lambda _, name, __: sni.append(name)
    with ExitStack() as stack:
        server = stack.enter_context(raw_server(answer(), context))
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        tls_client(stack, server, tmp_path / "authority.pem")()
    assert sni == ["news.example"]
    assert server.header("Host") == f"news.example:{server.port}"


@pytest.mark.parametrize(
    ("host", "days", "trusted", "says"),
    [
        ("news.example", -1, True, "expired"),
        ("other.example", 1, True, "news.example"),
        ("news.example", 1, False, "unable to get local issuer|self-signed"),
    ],
)
def test_f15_a_certificate_that_is_expired_or_for_another_name_or_unknown_is_refused(
    authority: CA, host: str, days: int, trusted: bool, says: str, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    with ExitStack() as stack:
        server = stack.enter_context(raw_server(answer(), certified(authority, host, days)))
        get = tls_client(stack, server, tmp_path / "authority.pem" if trusted else None)
        with pytest.raises(FetchError, match=says) as caught:
            get()
    assert caught.value.reason is FetchReason.TLS
    assert server.requests == []


# F25: time

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(hang(), id="no bytes"),
        pytest.param(drip(b"", b"H", 0.1), id="status line drips"),
        pytest.param(drip(HEAD, b"X", 0.1), id="header drips"),
        pytest.param(drip(HEAD, b"X: y\r\n", 0.1), id="headers drip"),
        pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.1), id="continues for ever"),
        pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 0), id="continues without a pause"),
        pytest.param(hang(HEAD + b"Content-Length: 9\r\n\r\n"), id="headers only"),
        pytest.param(drip(HEAD + b"Content-Length: 100000\r\n\r\n", b"x", 0.5), id="body drips"),
        pytest.param(drip(HEAD + b"\r\n", b"x", 0.1), id="body without length drips"),
        pytest.param(drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.1), id="chunks drip"),
        pytest.param(drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0", 0.1), id="chunk size drips"),
        pytest.param(drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n", 0.1), id="trailers drip"),
    ],
)
def test_f25_an_answer_that_drips_or_hangs_ends_at_its_deadline(reply: Reply) -> None:
    with raw_server(reply) as server, client_for(server, deadline_seconds=DEADLINE) as client:
        refusal(FetchReason.TIMEOUT, lambda: client.get(server.url))


def test_f25_a_tls_handshake_that_hangs_ends_at_its_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, but never says a word
        port = silent.getsockname()[1]
        with client_for(RawServer(port, {}), deadline_seconds=DEADLINE) as client:
            refusal(FetchReason.TIMEOUT, lambda: client.get(f"https://127.0.0.1:{port}/"))


def test_f25_a_resolver_that_hangs_ends_at_the_deadline() -> None:
    over = Event()

    def resolve(_: str) -> list[str]:
        over.wait(20)
        return ["127.0.0.1"]

    with client_for(resolve=resolve, deadline_seconds=0.3) as client:
        refusal(FetchReason.TIMEOUT, lambda: client.get("https://news.example/"))
    over.set()


def test_f25_the_deadline_holds_over_all_redirects_but_not_for_the_time_between_them() -> None:
    def slow_redirect(connection: socket.socket, server: RawServer) -> None:
        server.over.wait(0.3)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n")

    replies = {"/": slow_redirect, "/next": hang()}
    with raw_server(replies) as server, client_for(server, deadline_seconds=DEADLINE) as client:
        hop = client.get_once(client.first(server.url))
        assert isinstance(hop, Hop)
        time.sleep(DEADLINE)
        refusal(FetchReason.TIMEOUT, lambda: client.get_once(hop))

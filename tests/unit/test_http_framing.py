"""Answers that are no good HTTP: lengths (F24), headers and status lines (F26), any bytes at all."""

import ssl
from datetime import UTC, datetime
from http.client import BadStatusLine

import pytest
import urllib3.exceptions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.intake.web.connections import MAX_DETAIL, failure_of, printable
from infra.intake.web.fetching import FetchError, FetchReason
from infra.intake.web.http import retry_after_seconds
from tests.bodies import fetch, reason_of
from tests.http_clients import client_for
from tests.raw_server import answer, raw_server
from tests.tables import table


@pytest.mark.parametrize("headers", table("http_heads")["lengths"])
def test_f24_lengths_that_are_wrong_or_contradict_each_other_are_no_http(headers: list[str]) -> None:
    assert reason_of(answer(b"<html></html>\n", *headers, length=False)).reason is FetchReason.PROTOCOL


@pytest.mark.parametrize(
    ("reply", "reasons"),
    [
        (answer(b"x", *(f"X-{n}: y" for n in range(120))), {FetchReason.PROTOCOL}),
        (answer(b"x", "X: " + "y" * 70_000), {FetchReason.PROTOCOL}),
        (b"HTTP/1.1 " + b"2" * 70_000, {FetchReason.PROTOCOL}),
        (b"<html>no head at all</html>", {FetchReason.PROTOCOL}),
        (b"SSH-2.0-OpenSSH_9.2\r\n", {FetchReason.PROTOCOL}),
        (b"HTTP/2 200\r\n\r\n", {FetchReason.PROTOCOL}),
        (b"HTTP/1.1 2x0 OK\r\n\r\n", {FetchReason.PROTOCOL}),
        (b"HTTP/1.1 99 OK\r\n\r\n", {FetchReason.PROTOCOL}),
        (b"\r\n\r\n", {FetchReason.PROTOCOL}),
        (b"", {FetchReason.CONNECTION}),
    ],
)
def test_f26_what_is_no_http_is_refused_and_its_connection_closed(reply: bytes, reasons: set[FetchReason]) -> None:
    with raw_server({"/": reply, "/ok": answer()}) as server, client_for(server) as client:
        for _ in range(2):
            with pytest.raises(FetchError) as caught:
                client.get(server.url)
            assert caught.value.reason in reasons
        assert server.connections == 2
        assert client.get(f"{server.url}/ok").status == 200


@pytest.mark.parametrize("header", ["no colon", " begins with a space", "Transfer-Encoding: chunked"])
def test_f26_an_odd_header_is_read_over_without_a_traceback(header: str, caplog: pytest.LogCaptureFixture) -> None:
    fetch(answer(b"4\r\npage\r\n0\r\n\r\n", header))
    assert caplog.records == []


HEADS = [
    *(b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\nLocation: "),
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
]
FRAGMENTS = [
    *(b"Content-Length: ", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: ", b"Set-Cookie: a=b; expires="),
    *(b"\r\n", b"\n", b" ", b":", b"5", b"-1", b"HTTP/1.1 ", b"Location: http://[", b"//", b"\x1f\x8b\x08"),
    *(b"\xff", b"\0"),
]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(HEADS), st.binary(max_size=300) | st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(b"".join)
)
def test_f26_no_bytes_of_a_server_give_anything_but_an_answer_or_a_fetch_error(head: bytes, rest: bytes) -> None:
    with raw_server(head + rest) as server, client_for(server, deadline_seconds=5) as client:
        try:
            said = f"status {client.get(server.url).status}"
        except FetchError as error:
            said = error.detail
    assert said.isprintable()


# What exceptions, statuses and headers mean.


NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 23 Nov 2026 12:01:40 GMT", 100),
        ("Monday, 23-Nov-26 12:01:40 GMT", 100),
        ("Mon, 23 Nov 2026 12:01:40 -0000", 100),
        ("Mon, 23 Nov 2026 13:01:40 +0100", 100),
        ("Mon, 23 Nov 2020 12:00:00 GMT", 0),
        ("315360000", 315360000),
        ("Fri, 20 Nov 2036 12:00:00 GMT", 315360000),
        *(
            (value, None)
            for value in [None, "", "soon", "-5", "1.5", "1e3", "٣", "9" * 5000, "Mon, 99 Nov 2026 12:00:00 GMT"]
        ),
        *((value, None) for value in ["Mon, 23 Nov 99999 12:00:00 GMT", "inf", "nan", "0x10", "120, 240"]),
    ],
)
def test_f30_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (urllib3.exceptions.SSLError(ssl.SSLEOFError(8, "EOF")), FetchReason.CONNECTION),
        (ssl.SSLError(1, "wrong version number"), FetchReason.TLS),
        (urllib3.exceptions.InvalidHeader("x"), FetchReason.PROTOCOL),
        (urllib3.exceptions.LocationParseError("x"), FetchReason.URL),
        (OSError(113, "No route to host"), FetchReason.CONNECTION),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), FetchReason.PROTOCOL),
        (ValueError("x"), FetchReason.PROTOCOL),
    ],
)
def test_exceptions_that_no_server_of_the_tests_causes_have_a_reason(error: Exception, reason: FetchReason) -> None:
    assert failure_of(error).reason is reason


def test_f26_what_a_server_chose_is_shown_short_and_without_escape_sequences() -> None:
    detail = failure_of(BadStatusLine("\x1b[31m" + "x" * 1000)).detail
    assert "\x1b" not in detail
    assert len(detail) == MAX_DETAIL
    assert printable("a\nb\u202ec") == "a\ufffdb\ufffdc"

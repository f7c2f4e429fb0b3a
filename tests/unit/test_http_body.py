"""Bodies: bombs and caps (F16, F23, F34), codings (F17, F19-F22), lengths and framing (F18, F19, F24, F26)."""

import gzip
import socket
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.web.fetching import Answer, FetchError, FetchReason
from infra.web.http_body import MAX_GZIP_MEMBERS, Inflater
from parsers.capture import Capture, CapturedAtBasis
from parsers.content import media_type_of
from parsers.outcome import Rejected, RejectReason
from parsers.parse import parse
from tests.http_clients import MAX_BYTES, client_for, refusal
from tests.raw_server import RawServer, Reply, answer, raw_server

ROOT = Path(__file__).parents[2]
PAGE = b"<html><body>" + b"<p>News of the day.</p>" * 2000 + b"</body></html>"
RAW_DEFLATE = zlib.compressobj(wbits=-15)
RAW = RAW_DEFLATE.compress(PAGE) + RAW_DEFLATE.flush()


def fetch(reply: Reply) -> Answer:
    with raw_server(reply) as server, client_for(server) as client:
        return client.get(server.url)


def reason_of(reply: Reply) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(reply)
    return caught.value


def coded(body: bytes, coding: str, *headers: str) -> bytes:
    return answer(body, f"Content-Encoding: {coding}", *headers)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", headers: tuple[str, ...] = ()) -> bytes:
    head = answer(b"", "Transfer-Encoding: chunked", *headers, length=False)
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


# Whole bodies


@pytest.mark.parametrize(
    "reply",
    [
        answer(PAGE),
        answer(PAGE, length=False),
        chunked(PAGE[:1], PAGE[1:1000], PAGE[1000:]),
        chunked(PAGE, end=b"0\r\n"),  # without the last line break: all chunks came
        coded(gzip.compress(PAGE), "gzip"),
        coded(gzip.compress(PAGE), "X-GZip"),
        coded(gzip.compress(PAGE), "identity, gzip"),
        coded(zlib.compress(PAGE), "deflate"),
        coded(RAW, "deflate"),
        coded(gzip.compress(PAGE[:500]) + gzip.compress(PAGE[500:]), "gzip"),
        coded(gzip.compress(PAGE) + bytes(10), "gzip"),
        coded(gzip.compress(PAGE) + b"\x1f", "gzip"),
        coded(zlib.compress(PAGE) + b"\x1f\x8bmore", "deflate"),
        coded(PAGE, "utf-8"),
        chunked(
            *(gzip.compress(PAGE)[i : i + 1] for i in range(len(gzip.compress(PAGE)))),
            headers=("Content-Encoding: gzip",),
        ),
        answer(PAGE, "Content-Length: " + str(len(PAGE))),
    ],
)
def test_a_whole_body_comes_without_its_codings(reply: bytes) -> None:
    got = fetch(reply)
    assert got.body == PAGE
    assert got.flags == ()


def test_a_body_of_one_byte_is_a_body() -> None:
    assert fetch(answer(b"x")).body == b"x"


@pytest.mark.parametrize("suffix", [b"", gzip.compress(b"<more/>")])
def test_f21_a_gzip_file_under_a_plain_header_is_inflated(suffix: bytes) -> None:
    got = fetch(answer(gzip.compress(PAGE) + suffix, "Content-Type: application/xml"))
    assert got.body == PAGE + (b"<more/>" if suffix else b"")


@given(st.lists(st.binary(max_size=300), max_size=4), st.integers(1, 40), st.sampled_from([31, 15, -15]))
def test_an_inflater_gives_the_same_however_the_bytes_are_cut(parts: list[bytes], size: int, window: int) -> None:
    if window != 31:
        parts = parts[:1]
    compressed = b""
    for part in parts:
        deflate = zlib.compressobj(wbits=window)
        compressed += deflate.compress(part) + deflate.flush()
    inflater = Inflater(window)
    got = b"".join(inflater.feed(compressed[i : i + size], 10_000) for i in range(0, len(compressed), size))
    assert got == b"".join(parts)
    assert inflater.finished == bool(parts)


# Too much


BOMB_TEST = """
import resource, sys
sys.path.insert(0, {root!r})
from infra.web.addresses import AddressPolicy
from infra.web.fetching import FetchError
from infra.web.http import HttpClient
policy = AddressPolicy(frozenset({{("127.0.0.1", {port})}}))
with HttpClient(policy, user_agent="newslake/test", deadline_seconds=60, max_bytes=10 << 20) as client:
    try:
        client.get("http://127.0.0.1:{port}/{path}")
    except FetchError as error:
        print(error.reason.value, len(error.body), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def bomb(size: int, window: int = 31) -> bytes:
    deflate = zlib.compressobj(1, wbits=window)
    return b"".join(deflate.compress(bytes(1 << 20)) for _ in range(size >> 20)) + deflate.flush()


def test_f16_bombs_of_300_mb_take_less_than_150_mb_of_memory() -> None:
    large, deflated = bomb(300 << 20), bomb(300 << 20, 15)
    replies: dict[str, Reply] = {
        "/gzip": coded(large, "gzip"),
        "/file": answer(large),
        "/deflate": coded(deflated, "deflate"),
        "/redirect": answer(large, "Content-Encoding: gzip", "Location: /gzip", status="302 Found"),
        "/error": answer(large, "Content-Encoding: gzip", status="404 Not Found"),
    }
    with raw_server(replies) as server:
        for path in replies:
            code = BOMB_TEST.format(root=str(ROOT), port=server.port, path=path[1:])
            # By a shell in between: Linux counts the memory of whoever forked as the child's own.
            command = ["sh", "-c", '"$0" -c "$1"; exit $?', sys.executable, code]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            reason, kept, megabytes = done.stdout.split()
            assert reason == ("status" if path == "/error" else "too_large")
            assert int(kept) == 0
            assert int(megabytes) < 150, path


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_f16_bombs_in_codings_that_were_not_asked_for_are_not_opened(coding: str) -> None:
    assert reason_of(coded(b"\x28\xb5\x2f\xfd" + bytes(100), coding)).reason is FetchReason.ENCODING


def test_f16_a_million_empty_gzip_members_do_not_keep_the_processor_busy() -> None:
    error = reason_of(coded(gzip.compress(b"") * (MAX_BYTES // 20 - 1), "gzip"))
    assert error.reason is FetchReason.ENCODING
    assert f"{MAX_GZIP_MEMBERS:,} gzip members" in error.detail


@pytest.mark.parametrize("layers", [2, 6])
def test_f17_codings_inside_of_codings_are_refused(layers: int) -> None:
    body = PAGE
    for _ in range(layers):
        body = gzip.compress(body)
    assert reason_of(coded(body, ", ".join(["gzip"] * layers))).reason is FetchReason.ENCODING
    headers = ["Content-Encoding: gzip"] * layers
    assert reason_of(answer(body, *headers)).reason is FetchReason.ENCODING


def test_f17_a_second_layer_that_nobody_announced_stays_as_it_is() -> None:
    assert fetch(coded(gzip.compress(gzip.compress(PAGE)), "gzip")).body[:2] == b"\x1f\x8b"


def test_f23_a_length_of_5_gb_is_refused_before_reading() -> None:
    error = reason_of(answer(b"x", "Content-Length: 5368709120", length=False))
    assert (error.reason, error.body) == (FetchReason.TOO_LARGE, b"")
    assert "5,368,709,120" in error.detail


@pytest.mark.parametrize("body", [b"x" * (MAX_BYTES + 1), b"x" * (3 * MAX_BYTES)])
def test_f34_pages_above_the_cap_are_refused_and_at_it_are_not(body: bytes) -> None:
    for reply in (answer(body), answer(body, length=False), chunked(body), coded(gzip.compress(body), "gzip")):
        error = reason_of(reply)
        assert (error.reason, error.body) == (FetchReason.TOO_LARGE, b"")
    exact = body[:MAX_BYTES]
    assert fetch(answer(exact)).body == fetch(coded(gzip.compress(exact), "gzip")).body == exact


def test_r03_the_beginning_of_a_larger_body_is_taken_where_that_is_asked_for() -> None:
    body = b"x" * 1000
    replies = [
        answer(body),
        answer(body, length=False),
        chunked(body),
        coded(gzip.compress(body), "gzip"),
        answer(body[:9]),
    ]
    for reply in replies:
        with raw_server(reply) as server, client_for(server) as client:
            assert client.get(server.url, max_bytes=9, cut=True).body == body[:9]


# Too little


@pytest.mark.parametrize(
    "reply",
    [
        answer(PAGE[:1000], f"Content-Length: {len(PAGE)}", length=False),
        chunked(PAGE[:1000], end=b""),
        chunked(PAGE[:1000], end=b"zz\r\nmore\r\n0\r\n\r\n"),
        chunked(PAGE[:1000], end=b"64\r\nshort"),
        chunked(PAGE[:1000], end=b"-5\r\nshort\r\n0\r\n\r\n"),
    ],
)
def test_f18_a_body_that_ends_early_is_truncated_and_what_came_is_kept(reply: bytes) -> None:
    error = reason_of(reply)
    assert error.reason is FetchReason.TRUNCATED
    assert error.body.startswith(PAGE[:1000])
    assert error.status == 200
    assert error.reason.transient


def test_f18_a_connection_that_is_reset_in_mid_body_has_given_a_part() -> None:
    def reset(connection: socket.socket, server: RawServer) -> None:
        connection.sendall(answer(PAGE[:1000], "Content-Length: 9999", length=False))
        server.over.wait(0.3)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    error = reason_of(reset)
    assert (error.reason, error.body) == (FetchReason.TRUNCATED, PAGE[:1000])


@pytest.mark.parametrize("coding", ["gzip", "deflate", ""])
@pytest.mark.parametrize("cut", [1, 8, 100])
def test_f19_compressed_data_that_ends_early_is_truncated_though_its_length_is_right(coding: str, cut: int) -> None:
    whole = zlib.compress(PAGE) if coding == "deflate" else gzip.compress(PAGE)
    error = reason_of(coded(whole[:-cut], coding or "identity"))
    assert error.reason is FetchReason.TRUNCATED
    assert error.body == PAGE[: len(error.body)]
    assert len(error.body) > 1000


def test_f19_a_second_gzip_member_that_ends_early_is_truncated() -> None:
    body = gzip.compress(PAGE) + gzip.compress(b"more")[:-3]
    assert reason_of(coded(body, "gzip")).reason is FetchReason.TRUNCATED


@pytest.mark.parametrize(
    ("body", "flags"),
    [
        (PAGE, ()),
        (b"<html></HTML >\n<!-- cached by a plug-in -->", ()),
        (PAGE[:-10], ("maybe_truncated",)),
        (b"</html>" + b"x" * 5000, ("maybe_truncated",)),
    ],
)
def test_f19_without_length_a_page_that_has_no_end_may_be_truncated(body: bytes, flags: tuple[str, ...]) -> None:
    assert fetch(answer(body, length=False)).flags == flags


@pytest.mark.parametrize("body", [b"", b"x"])
def test_f27_an_empty_body_is_no_page_compressed_or_not(body: bytes) -> None:
    reply = coded(gzip.compress(b"") if body else b"", "gzip")
    assert reason_of(reply).reason is FetchReason.EMPTY


# Damaged


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_f20_a_wrong_checksum_is_damage(coding: str) -> None:
    whole = bytearray(gzip.compress(PAGE) if coding == "gzip" else zlib.compress(PAGE))
    whole[-6 if coding == "gzip" else -2] ^= 0xFF
    assert reason_of(coded(bytes(whole), coding)).reason is FetchReason.ENCODING


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("body", [PAGE, b"x", b"xy"])
def test_f20_a_plain_body_under_a_header_of_compression_is_not_guessed_at(coding: str, body: bytes) -> None:
    assert reason_of(coded(body, coding)).reason in {FetchReason.ENCODING, FetchReason.TRUNCATED}


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "aes128gcm", "\x1b[31mred", "gzip;q=1"])
def test_f22_an_unknown_coding_is_refused(coding: str) -> None:
    error = reason_of(coded(PAGE, coding))
    assert error.reason is FetchReason.ENCODING
    assert "\x1b" not in str(error)


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: 10", "Content-Length: 12"],
        ["Content-Length: 10, 12"],
        ["Content-Length: -1"],
        ["Content-Length: +14"],
        ["Content-Length: 1_4"],
        ["Content-Length: 0x0e"],
        ["Content-Length: ten"],
        ["Content-Length: "],
        ["Content-Length: " + "9" * 30],
        ["Transfer-Encoding: gzip, chunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: xchunked"],
    ],
)
def test_f24_lengths_that_are_wrong_or_contradict_each_other_are_no_http(headers: list[str]) -> None:
    assert reason_of(answer(b"<html></html>\n", *headers, length=False)).reason is FetchReason.PROTOCOL


def test_f24_the_connection_of_an_answer_that_contradicts_itself_is_closed_at_once() -> None:
    closed = Event()

    def contradict(connection: socket.socket, _: RawServer) -> None:
        connection.sendall(answer(b"x", "Content-Length: 7", "Content-Length: 8", length=False))
        if connection.recv(1) == b"":
            closed.set()

    with raw_server(contradict) as server, client_for(server) as client:
        error = refusal(FetchReason.PROTOCOL, lambda: client.get(server.url))
        assert closed.wait(5)
    assert error.__traceback__ is not None  # which holds on to all that was open


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
def test_f26_an_odd_header_is_read_over_without_a_traceback_in_the_log(
    header: str, caplog: pytest.LogCaptureFixture
) -> None:
    fetch(answer(b"4\r\npage\r\n0\r\n\r\n", header))
    assert caplog.records == []


HEADS = [
    b"",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: ",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
]
FRAGMENTS = [
    *(b"Content-Length: ", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: ", b"Set-Cookie: a=b; expires="),
    *(
        b"\r\n",
        b"\n",
        b" ",
        b":",
        b"5",
        b"-1",
        b"HTTP/1.1 ",
        b"Location: http://[",
        b"//",
        b"\x1f\x8b\x08",
        b"\xff",
        b"\0",
    ),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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


# F33: what the parsers make of bytes under a wrong name; the client passes them on


def parsed_type(body: bytes, content_type: str) -> Capture:
    got = fetch(answer(body, f"Content-Type: {content_type}"))
    assert got.body == body
    media_type = media_type_of(got.body, says_html="html" in (got.header("Content-Type") or ""))
    return Capture(
        got.body, media_type, got.fetched_at, CapturedAtBasis.LIVE, url="https://tass.com/politics/1", http_status=200
    )


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", "PDF"),
        (b"PK\x03\x04" + bytes(50), "zip"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(50), "MP4"),
    ],
)
def test_f33_pictures_and_files_under_text_html_are_rejected_by_what_they_are(body: bytes, what: str) -> None:
    outcome = parse(parsed_type(body, "text/html; charset=utf-8"))
    assert isinstance(outcome, Rejected)
    assert outcome.reason is RejectReason.NOT_HTML
    assert what in (outcome.detail or "")


def test_f33_html_under_text_plain_is_read_as_html() -> None:
    assert parsed_type(b"<!doctype html><html><body><h1>A</h1></body></html>", "text/plain").media_type == "text/html"

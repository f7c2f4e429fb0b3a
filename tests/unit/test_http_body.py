"""Bodies: codings (F17, F19-F22), what is cut short (F18, F19, F27), what the bytes are (F33)."""

import gzip
import tracemalloc
import zlib
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.base.inflate import MAX_SMALL_MEMBERS, SMALL_MEMBER, Inflater, inflate
from infra.intake.web.fetching import FetchReason
from tests.bodies import PACK, PAGE, RAW, chunked, coded, fetch, reason_of
from tests.http_clients import MAX_BYTES, came
from tests.raw_server import answer

# Answers that only announce the one that follows (RFC 9110, 15.2)
INTERIM = [
    b"HTTP/1.1 100 Continue\r\n\r\n" * 3,
    b"HTTP/1.1 102 Processing\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nContent-Length: 5\r\n\r\nHTTP/1.1 103\r\n\r\n",
]

# Whole bodies


@pytest.mark.parametrize(
    "reply",
    [
        answer(PAGE),
        answer(PAGE, length=False),
        chunked(PAGE[:1], PAGE[1:1000], PAGE[1000:]),
        chunked(PAGE, end=b"0\r\n"),  # without the last line break: all chunks came
        coded(gzip.compress(PAGE, mtime=0), "gzip"),
        coded(gzip.compress(PAGE, mtime=0), "X-GZip"),
        coded(gzip.compress(PAGE, mtime=0), "identity, gzip"),
        coded(zlib.compress(PAGE), "deflate"),
        coded(RAW, "deflate"),
        coded(gzip.compress(PAGE[:500], mtime=0) + gzip.compress(PAGE[500:], mtime=0), "gzip"),
        coded(gzip.compress(PAGE, mtime=0) + bytes(10), "gzip"),
        coded(gzip.compress(PAGE, mtime=0) + b"\x1f", "gzip"),
        coded(zlib.compress(PAGE) + b"\x1f\x8bmore", "deflate"),
        coded(PAGE, "utf-8"),
        coded(PACK["br"](PAGE), "br"),
        coded(PACK["zstd"](PAGE), "zstd"),
        coded(PACK["zstd"](PAGE[:500]) + PACK["zstd"](PAGE[500:]), "zstd"),
        coded(PACK["br"](PACK["gzip"](PAGE)), "gzip, br"),
        coded(gzip.compress(gzip.compress(PAGE, mtime=0), mtime=0), "gzip", "Content-Encoding: gzip"),
        *(interim + answer(PAGE) for interim in INTERIM),
        chunked(
            *(gzip.compress(PAGE, mtime=0)[i : i + 1] for i in range(len(gzip.compress(PAGE, mtime=0)))),
            headers=("Content-Encoding: gzip",),
        ),
    ],
)
def test_a_whole_body_comes_without_its_codings(reply: bytes) -> None:
    got = fetch(reply)
    assert got.body == PAGE
    assert not got.maybe_truncated


@pytest.mark.parametrize("suffix", [b"", gzip.compress(b"<more/>", mtime=0)])
def test_f21_a_gzip_file_under_a_plain_header_is_inflated(suffix: bytes) -> None:
    got = fetch(answer(gzip.compress(PAGE, mtime=0) + suffix, "Content-Type: application/xml"))
    assert got.body == PAGE + (b"<more/>" if suffix else b"")


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
    assert came(error).body.startswith(PAGE[:1000])
    assert error.status == 200
    assert error.reason.transient


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (PAGE, False),
        (b"<html></HTML >\n<!-- cached by a plug-in -->", False),
        (PAGE[:-10], True),
        (b"</html>" + b"x" * 5000, True),
    ],
)
def test_f19_without_length_a_page_that_has_no_end_may_be_truncated(body: bytes, *, expected: bool) -> None:
    assert fetch(answer(body, length=False)).maybe_truncated is expected


@pytest.mark.parametrize("body", [b"", b"x"])
def test_f27_an_empty_body_is_no_page_compressed_or_not(body: bytes) -> None:
    reply = coded(gzip.compress(b"", mtime=0) if body else b"", "gzip")
    assert reason_of(reply).reason is FetchReason.EMPTY


# Codings


@pytest.mark.parametrize("layers", [3, 6])
def test_f17_codings_inside_of_codings_are_refused(layers: int) -> None:
    body = PAGE
    for _ in range(layers):
        body = gzip.compress(body, mtime=0)
    assert reason_of(coded(body, ", ".join(["gzip"] * layers))).reason is FetchReason.ENCODING
    headers = ["Content-Encoding: gzip"] * layers
    assert reason_of(answer(body, *headers)).reason is FetchReason.ENCODING


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br", "br, gzip", "zstd, br"])
def test_f16_f17_a_bomb_of_any_coding_is_given_up_at_the_limit(coding: str) -> None:
    body = bytes(64 << 20)
    for name in coding.split(", "):
        body = PACK[name](body)
    tracemalloc.start()
    assert reason_of(coded(body, coding)).reason is FetchReason.TOO_LARGE
    assert tracemalloc.get_traced_memory()[1] < 4 * MAX_BYTES
    tracemalloc.stop()


def test_f17_a_layer_that_grows_and_holds_nothing_is_given_up() -> None:
    inner = PACK["gzip"](b"")[:10] + b"\x00\x00\x00\xff\xff" * 400_000  # stored blocks without a byte
    assert len(inner) > MAX_BYTES
    assert reason_of(coded(gzip.compress(inner, mtime=0), "gzip, gzip")).reason is FetchReason.TOO_LARGE


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("body", [PAGE, b"x", b"xy"])
def test_f20_a_plain_body_under_a_header_of_compression_is_not_guessed_at(coding: str, body: bytes) -> None:
    assert reason_of(coded(body, coding)).reason in {FetchReason.ENCODING, FetchReason.TRUNCATED}


@pytest.mark.parametrize("coding", ["compress", "gzip, compress", "aes128gcm", "\x1b[31mred", "gzip;q=1"])
def test_f22_an_unknown_coding_is_refused(coding: str) -> None:
    error = reason_of(coded(PAGE, coding))
    assert error.reason is FetchReason.ENCODING
    assert "\x1b" not in str(error)


# The inflater: every coding, whatever the bytes are and however they are cut.


TEXT = "".join(f"<p>News {number**5} of the day.</p>" for number in range(20_000)).encode()  # several blocks of zstd


def packed(content: bytes, window: int) -> bytes:
    deflate = zlib.compressobj(wbits=window)
    return deflate.compress(content) + deflate.flush()


@pytest.mark.parametrize("coding", PACK)
@pytest.mark.parametrize("left_out", [1, 8, 100])
def test_f19_what_is_cut_short_gives_what_there_is_and_says_so(coding: str, left_out: int) -> None:
    body, inflater = inflate(PACK[coding](TEXT)[:-left_out], coding, 1 << 20)
    assert TEXT.startswith(body)
    assert len(body) > 1000
    assert inflater.is_cut
    assert inflater.damage == f"{coding} data is cut short"


@pytest.mark.parametrize("content", [b"", b"x"])
def test_f16_a_million_gzip_members_of_next_to_nothing_are_given_up(content: bytes) -> None:
    body, inflater = inflate(gzip.compress(content, mtime=0) * 1_100, "gzip", 2_000)
    assert inflater.damage == f"{MAX_SMALL_MEMBERS + len(body) // SMALL_MEMBER:,} gzip members hold next to nothing"


def test_a_member_a_line_is_how_programs_append() -> None:
    line = b"{}".rjust(SMALL_MEMBER)
    body, inflater = inflate(gzip.compress(line, mtime=0) * (2 * MAX_SMALL_MEMBERS), "gzip", 1_000_000)
    assert (body, inflater.damage) == (line * (2 * MAX_SMALL_MEMBERS), None)


def test_a_single_member_ends_where_the_next_one_begins() -> None:
    first = packed(b"one", 31)
    inflater = Inflater(BytesIO(first + packed(b"two", 31)).read, "gzip", is_one_member=True)
    assert inflater.read_up_to(100) == b"one"
    assert inflater.packed == len(first)


@example(b"\x18\xb4\0\0\0\0", "deflate")  # a stream that asks for a dictionary
@given(st.binary(max_size=300), st.sampled_from([None, *PACK]))
def test_any_bytes_are_read_or_called_damaged(content: bytes, coding: str | None) -> None:
    for packed_content in (content, b"\x1f\x8b\x08" + content, b"\x28\xb5\x2f\xfd" + content):
        assert len(inflate(packed_content, coding, 1000)[0]) <= 1001

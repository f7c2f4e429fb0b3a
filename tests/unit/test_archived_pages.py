"""From records to pages: statuses, codings, types, addresses, times."""

import gzip
import io
import zlib
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from fastwarc.stream_io import ZstdWriter

from infra.intake.files.input_types import Skipped
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import RejectReason
from tests.archive_reading import CAPTURED, COPIED, MAX_BYTES, capture, only, unreadable
from tests.tables import table
from tests.warc_builder import HTML, HTML_TYPE, answer, gzipped, record

LONG = HTML + b"<p>Page 5</p>" * 200


def test_a_response_gives_its_page_with_all_that_the_archive_knows_of_it() -> None:
    headers = (HTML_TYPE, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    one = capture(record(answer(headers=headers)))
    assert one == Capture(
        body=HTML,
        media_type=MediaType.HTML,
        captured_at=CAPTURED,
        captured_at_basis=CapturedAtBasis.WARC,
        url="https://news.example/story/1",
        source="tass",
        http_status=200,
        http_charset="utf-8",
        http_headers=headers,
    )


@pytest.mark.parametrize(
    ("content", "skipped"),
    [
        *((record(b"", kind=kind), kind) for kind in ("request", "metadata", "warcinfo", "revisit")),
        (record(b"x", kind="continuation"), "other record"),
        (record(b"20170510115000\na.example. 300 IN A", uri="dns:a.example"), "no web address"),
        (record(answer(), uri="https://a.example/robots.txt"), "robots.txt"),
    ],
)
def test_a02_records_that_are_no_page_are_skipped_and_counted(content: bytes, skipped: str) -> None:
    assert only(content) == Skipped(skipped)


@pytest.mark.parametrize("body", [b"", b" \r\n\t\n"])
def test_p09_an_empty_answer_is_empty(body: bytes) -> None:
    assert (
        unreadable(record(answer(body, headers=[HTML_TYPE, ("Content-Encoding", "gzip")]))).reason is RejectReason.EMPTY
    )


def test_f34_a_page_over_the_limit_is_cut_and_too_large() -> None:
    body = HTML * (9_000_000 // len(HTML))
    for archive in (record(answer(HTML * 10_000)), record(answer(body[: 3 << 20])), gzipped([record(answer(body))])):
        one = unreadable(archive)
        assert (one.reason, len(one.capture.body)) == (RejectReason.TOO_LARGE, MAX_BYTES)
        assert one.capture.truncated
    resource = unreadable(record(HTML * 10_000, kind="resource"))
    assert (resource.reason, len(resource.capture.body)) == (RejectReason.TOO_LARGE, MAX_BYTES)


def chunked(body: bytes) -> bytes:
    return b"5;name=x\r\n" + body[:5] + b"\r\n" + b"%x\r\n" % len(body[5:]) + body[5:] + b"\r\n0\r\n\r\n"


def zstd(body: bytes) -> bytes:
    out = io.BytesIO()
    with ZstdWriter(out) as writer:
        writer.write(body)
        writer.finish()
    return out.getvalue()


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("gzip", gzip.compress(HTML, mtime=0)),
        ("x-gzip", gzip.compress(HTML[:20], mtime=0) + gzip.compress(HTML[20:], mtime=0)),
        ("deflate", zlib.compress(HTML)),
        ("deflate", raw_deflate(HTML)),
        ("br", brotli.compress(HTML)),
        ("zstd", zstd(HTML)),
        ("gzip, br", brotli.compress(gzip.compress(HTML, mtime=0))),
        ("identity", HTML),
        ("gzip", HTML),  # a01: the archive kept the plain page under the headers of the wire
        ("br", HTML),
        *((said, HTML) for said in ("binary", "8bit", "iso-8859-1")),  # no codings
        ("", gzip.compress(HTML, mtime=0)),  # f21: the header forgot to say so
    ],
)
def test_a02_transfer_and_content_codings_are_taken_off(encoding: str, encoded: bytes) -> None:
    coded = [HTML_TYPE, ("Content-Encoding", encoding), ("Content-Length", "9999")]
    assert capture(record(answer(encoded, headers=coded if encoding else [HTML_TYPE]))).body == HTML
    headers = [HTML_TYPE, ("Content-Encoding", encoding), ("Transfer-Encoding", "chunked")]
    assert capture(record(answer(chunked(encoded), headers=headers))).body == HTML
    assert capture(record(answer(encoded, headers=headers))).body == HTML


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("compress", b"\x1f\x9d\x90" + HTML),  # f22
        ("gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(HTML, mtime=0), mtime=0), mtime=0)),  # f17
        ("gzip", gzip.compress(HTML, mtime=0)[:-8] + b"\0" * 8),  # f20
        ("br", b"\x8b\x01" + bytes(range(200))),
    ],
)
def test_f17_f20_f22_codings_that_cannot_be_undone_are_told(encoding: str, encoded: bytes) -> None:
    one = unreadable(record(answer(encoded, headers=[HTML_TYPE, ("Content-Encoding", encoding)])))
    assert one.reason is RejectReason.ENCODING


@pytest.mark.parametrize(
    ("headers", "payload"),
    [
        ([("Content-Encoding", "gzip")], gzip.compress(LONG, mtime=0)[:-20]),
        ([("Transfer-Encoding", "chunked")], chunked(LONG)[:-30]),
        ([("Transfer-Encoding", "chunked")], b"5\r\nhello\r\n"),
    ],
)
def test_f18_f19_a_cut_body_is_truncated_unless_the_crawler_said_so(
    headers: list[tuple[str, str]], payload: bytes
) -> None:
    one = unreadable(record(answer(payload, headers=[HTML_TYPE, *headers])))
    assert one.reason is RejectReason.TRUNCATED
    assert one.capture.truncated
    said = capture(record(answer(payload, headers=[HTML_TYPE, *headers]), fields=[("WARC-Truncated", "length")]))
    assert said.truncated
    assert said.body == one.capture.body


@pytest.mark.parametrize(("kind", "content_type"), [("conversion", "text/plain"), ("resource", "text/html")])
def test_wet_and_resource_records_are_pages_without_an_answer(kind: str, content_type: str) -> None:
    body = HTML if content_type == "text/html" else "BERLIN (dpa) – Regen".encode()
    one = capture(record(body, kind=kind, fields=[("Content-Type", content_type)]))
    assert (one.body, one.media_type.value, one.http_status) == (body, content_type, None)
    assert unreadable(record(b"", kind=kind)).reason is RejectReason.EMPTY
    assert only(record(b"GIF89a", kind=kind, fields=[("Content-Type", "image/gif")])) == Skipped("no page")


@pytest.mark.parametrize(("uri", "url"), table("urls")["targets"])
def test_a04_target_addresses_are_freed_of_brackets_and_spaces(uri: str, url: str) -> None:
    assert capture(record(answer(), uri=uri)).url == url


@pytest.mark.parametrize("uri", [None, "", "no url", "https://[::1", "http://"])
def test_a04_a_target_that_is_no_url_is_told(uri: str | None) -> None:
    assert "WARC-Target-URI" in unreadable(record(answer(), uri=uri)).detail


@pytest.mark.parametrize("date", ["2017-05-10T11:50:00", "20170510115000", "2017-05-10T13:50:00+02:00"])
def test_a04_capture_times_without_zone_are_utc(date: str) -> None:
    assert capture(record(answer(), date=date)).captured_at == CAPTURED


@pytest.mark.parametrize("date", [None, "yesterday", "2017-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "future"])
def test_a04_a_capture_time_that_is_none_or_in_the_future_is_told(date: str | None) -> None:
    if date == "future":
        date = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    one = unreadable(record(answer(), date=date))
    assert "WARC-Date" in one.detail
    assert (one.capture.captured_at, one.capture.captured_at_basis) == (COPIED, CapturedAtBasis.MTIME)

"""From a record of an archive to the page in it: a capture, something unreadable, or no page at all."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, BinaryIO, Final
from urllib.parse import urljoin

from infra.archive.archive_records import ArchiveRecord, Bounds, DamagedStretch, Part, Refusal, read_records
from infra.archive.http_payload import MAX_HEAD_BYTES, Answer, decode_payload, has_digest, media_type_in, parse_answer
from infra.archive.warc import CAPTURE_FIELD, MemberInFile, capture_of, is_kept_whole, is_truncated
from infra.intake.files.input_types import CUT_SHORT, Input, Page, Skipped, damaged, page_of
from infra.intake.files.page_bytes import Unpacked
from infra.intake.files.s3_objects import S3
from infra.intake.files.stated import instant_of, of_web_archive, without_controls
from parsers.fields.urls import parse_url
from parsers.page.content import SNIFF_BYTES, PageBytes, Problem, is_html_document, media_type_of, problem_of, too_large
from parsers.record.capture import CapturedAtBasis, MediaType
from parsers.record.outcome import RejectReason

PAGE_KINDS: Final = frozenset({"response", "resource", "conversion"})  # all others describe or repeat one of these
PAGE_TYPES: Final = frozenset(  # "" and octet-stream: the server did not know, so the content decides
    {"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream", "unknown/unknown", "no-type"}
)
# What another reading of the record, without our limits, may give otherwise.
REPAIRED: Final = CUT_SHORT | {RejectReason.ENCODING}


HTTP_HEAD: Final = re.compile(rb"HTTP/\d(?:\.\d)? \d{3}\b[^\n]*\n(?:[\w-]+:|\r?\n)")
# One page ends and the next answer begins. Pages that explain HTTP show such heads, but not there.
ANSWER_END: Final = re.compile(rb"(?:</html>|-->)\s*+(?:0\s++)?(?=%s)" % HTTP_HEAD.pattern, re.IGNORECASE)
MAX_REDIRECTS: Final = 50  # that curl follows, their heads one behind the other

Unwanted = Callable[[str | None, datetime], str | None]  # why a page of that address and time of capture is not wanted


def read_archive(
    stream: BinaryIO, archive: Input, max_page_bytes: int, unwanted: Unwanted | None = None, part: Part | None = None
) -> Iterator[Page | Skipped | Bounds]:
    """Read a seekable WARC, WET or ARC, or a `part` and its bounds: one for each record and each damaged stretch."""
    most, refusal = max_page_bytes + MAX_HEAD_BYTES, _refusal(archive, unwanted)
    # From elsewhere, reading a page's member again would be another request.
    is_at_hand = part is not None and not (archive.part or archive.location.startswith(S3))
    for found in read_records(stream, most, refusal, part):
        if isinstance(found, Bounds):
            yield from [found] if part else []
            continue
        known = replace(archive, location=f"{archive.location}@{found.offset}")
        if isinstance(found, DamagedStretch):
            yield damaged(known, found.detail, found.content[:max_page_bytes])
        elif found.refused:
            yield Skipped(found.refused)
        else:
            page = _page_of(found, known, max_page_bytes)
            file = archive if is_at_hand else None
            yield page if isinstance(page, Skipped) else _as_kept(stream, found, page, max_page_bytes, file)


def _as_kept(stream: BinaryIO, record: ArchiveRecord, page: Page, max_page_bytes: int, file: Input | None) -> Page:
    """With the record's gzip member, or where in a file it is, if that can be archived in the place of the page."""
    is_repaired = page.known is not None and page.known.reason in REPAIRED
    was_cut = record.oversized or len(page.capture.body) >= max_page_bytes
    if is_repaired or was_cut or record.length is None or not is_kept_whole(record, page.capture):
        return page
    stream.seek(record.offset)
    member = stream.read(record.length)
    if file is None:
        return page._replace(member=member)
    return page._replace(member=MemberInFile.of(file.location, record.offset, member, in_place=file.in_place))


def _refusal(archive: Input, unwanted: Unwanted | None) -> Refusal | None:
    """Why nobody wants the page of a record, as far as its fields alone can tell."""
    if unwanted is None:
        return None

    def refusal(fields: Mapping[str, str]) -> str | None:
        url = _http_url(fields.get("warc-target-uri", ""))
        if not url or fields.get("warc-type", "").strip().lower() not in PAGE_KINDS or of_web_archive(url):
            return None
        is_dated = archive.captured_at_basis is CapturedAtBasis.OPTION
        captured_at = None if is_dated else instant_of(fields.get("warc-date"))
        return unwanted(url, captured_at or archive.captured_at)

    return refusal


def _page_of(record: ArchiveRecord, known: Input, max_page_bytes: int) -> Page | Skipped:
    kind = record.fields.get("warc-type", "").strip().lower()
    url = _http_url(record.fields.get("warc-target-uri", ""))
    is_dated = known.captured_at_basis is CapturedAtBasis.OPTION  # which wins over what the record says
    if not is_dated and (captured_at := instant_of(record.fields.get("warc-date"))):
        known, is_dated = replace(known, captured_at=captured_at, captured_at_basis=CapturedAtBasis.WARC), True
    known = replace(known, url=url or None)
    if record.problem:
        return _damaged(record, known, record.problem, max_page_bytes)
    if kind not in PAGE_KINDS:
        return Skipped(kind if kind in {"request", "metadata", "warcinfo", "revisit"} else "other record")
    if CAPTURE_FIELD.lower() in record.fields:
        return _own_capture(record, known, max_page_bytes)
    if url is None:
        return Skipped("no web address")
    if not (url and is_dated):
        fault = "WARC-Target-URI is missing or no URL" if is_dated else "WARC-Date is missing, wrong or in the future"
        return _damaged(record, known, f"its {fault}", max_page_bytes)
    return (_answer_page if kind == "response" else _plain_page)(record, known, max_page_bytes)


def _own_capture(record: ArchiveRecord, known: Input, max_page_bytes: int) -> Page:
    """From another lake's raw layer: exactly what was archived there."""
    try:
        capture = capture_of(record.fields, record.block)
    except ValueError as error:
        return _damaged(record, known, str(error), max_page_bytes)
    if known.captured_at_basis is CapturedAtBasis.OPTION:
        capture = replace(capture, captured_at=known.captured_at, captured_at_basis=known.captured_at_basis)
    return Page(replace(capture, source=known.source) if known.source else capture)


def _plain_page(record: ArchiveRecord, known: Input, max_page_bytes: int) -> Page | Skipped:
    content_type = media_type_in(record.fields.get("content-type", ""))
    media_type = media_type_of(record.block, says_html="html" in content_type)
    if content_type not in PAGE_TYPES and not is_html_document(record.block[:SNIFF_BYTES]):
        return Skipped("no page")
    if len(record.block) > max_page_bytes or record.oversized:
        page = too_large(record.block, max_page_bytes)
    else:
        page = PageBytes(record.block, problem_of(record.block))
    return page_of(known, page.body, media_type, page.problem, truncated=is_truncated(record))


def _answer_page(record: ArchiveRecord, known: Input, max_page_bytes: int) -> Page | Skipped:
    answer = parse_answer(record.block)
    if answer is None and "warc-record-id" not in record.fields:  # ARC may hold the bare page
        return _plain_page(record, known, max_page_bytes)
    if answer is None:
        return _damaged(record, known, "it holds no HTTP answer", max_page_bytes)
    if known.url and re.fullmatch(r"https?://[^/]+/robots\.txt", known.url):
        return Skipped("robots.txt")
    if answer.content_type not in PAGE_TYPES and not is_html_document(decode_payload(answer, SNIFF_BYTES).body):
        return Skipped("no page")
    page = decode_payload(answer, max_page_bytes)
    truncated = is_truncated(record) or answer.is_short
    problem = _problem_of(answer, page, record)
    if problem and problem.reason is RejectReason.TRUNCATED and is_truncated(record) and page.body:
        problem = None  # the crawler's own limit: the beginning may do
    media_type = media_type_of(page.body, says_html="html" in answer.content_type)
    return page_of(known, page.body, media_type, problem, truncated=truncated, **_http_of(answer))


def read_saved_answers(stream: BinaryIO, known: Input, max_page_bytes: int) -> Iterator[Page | Skipped]:
    """The pages in a file that begins with the head of an answer, as `curl -i` and `wget --save-headers` write it."""
    unpacked = Unpacked(stream)
    content = unpacked.read_up_to(max_page_bytes + MAX_HEAD_BYTES)
    start = 0
    for end in (found.end() for found in ANSWER_END.finditer(content)):
        yield _saved_answer(content[start:end], known, max_page_bytes)
        start = end
    if unpacked.problem:
        yield _damaged(ArchiveRecord(0, {}, content[start:]), known, unpacked.problem.detail, max_page_bytes)
    else:
        oversized = len(content) > max_page_bytes + MAX_HEAD_BYTES
        yield _saved_answer(content[start:], known, max_page_bytes, oversized=oversized)


def _saved_answer(block: bytes, known: Input, max_page_bytes: int, *, oversized: bool = False) -> Page | Skipped:
    """The page of an answer; the last of redirects, as of `curl -iL`, of which the one before may say from where."""
    url: str | None = None
    answer = parse_answer(block)
    for _ in range(MAX_REDIRECTS):
        if answer is None or not HTTP_HEAD.match(answer.payload):
            break
        with suppress(ValueError):  # a host in open brackets
            url = _http_url(urljoin(url or "", answer.header("location"))) or url
        block = answer.payload
        answer = parse_answer(block)
    known = known.saying(url, instant_of(answer.header("date")) if answer else None)
    record = ArchiveRecord(0, {}, block, oversized=oversized)
    page = _answer_page(record, known, max_page_bytes)
    if isinstance(page, Page) and page.capture.media_type is MediaType.HTML:
        return _answer_page(record, known.with_statements(page.capture.body), max_page_bytes)
    return page


def _problem_of(answer: Answer, page: PageBytes, record: ArchiveRecord) -> Problem | None:
    if answer.status != HTTPStatus.OK:
        return Problem(RejectReason.HTTP_STATUS, f"HTTP status {answer.status}")
    if record.oversized:
        return Problem(RejectReason.TOO_LARGE, f"record of more than {len(record.block):,} bytes")
    if page.problem:
        return page.problem
    claimed = record.fields.get("warc-payload-digest", "")
    # Crawlers disagree on whether the payload of the digest still has its transfer coding (warc-specifications#48).
    if not record.verified and has_digest(answer.payload, claimed) is False and has_digest(page.body, claimed) is False:
        return Problem(RejectReason.ARCHIVE_DAMAGED, "it does not have the WARC-Payload-Digest it claims")
    return problem_of(page.body)


def _damaged(record: ArchiveRecord, known: Input, detail: str, max_page_bytes: int) -> Page:
    """Keep what there is of a damaged record: the page's beginning if the HTTP head is whole, else the block."""
    answer = parse_answer(record.block)
    body = (answer.payload if answer else record.block)[:max_page_bytes]
    problem = Problem(RejectReason.ARCHIVE_DAMAGED, detail)
    return page_of(known, body, media_type_of(body, says_html=True), problem, **_http_of(answer))


def _http_of(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {}
    return {"http_status": answer.status, "http_charset": answer.charset, "http_headers": answer.headers}


def _http_url(uri: str) -> str | None:
    """The address of a record without what careless writers add; empty if malformed, None if of another scheme."""
    uri = uri.strip().removeprefix("<").removesuffix(">").strip()  # wget wrote <> until 1.20
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", uri)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        return None
    uri = without_controls(uri)
    return uri if parse_url(uri) else ""

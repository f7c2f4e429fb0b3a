"""The answer in a `response` record: its head, and its payload after transfer and content decoding (RFC 9110, 9112)."""

import re
from dataclasses import dataclass
from typing import Final

from fastwarc.warc import WarcRecord, WarcRecordType

from infra.base.inflate import CODINGS, MAX_CODINGS, content_codings, inflate
from parsers.page.content import GZIP_MAGIC, SNIFF_BYTES, PageBytes, Problem, is_html_document, problem_of, too_large
from parsers.record.outcome import RejectReason

MAX_HEAD_BYTES: Final = 1 << 20  # no server sends more; fastwarc's own 64 KiB refuses long Set-Cookie lists
USUAL_HEAD_BYTES: Final = 16 << 10  # the longest of nearly all
CHUNK_HEAD: Final = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,4096})?\r?\n")
# What is left of a chunked transfer whose header a crawler dropped: no page begins with a number before its first tag.
FRAMED: Final = re.compile(CHUNK_HEAD.pattern + rb"(?=\s*<|\x1f\x8b)")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as archived; `payload` still has its transfer and content codings."""

    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes

    def header(self, name: str) -> str:
        """All values of a header, joined as RFC 9110 (5.2) has it; empty where there is none."""
        return ", ".join(value for known, value in self.headers if known.lower() == name)

    @property
    def content_type(self) -> str:
        """Media type without parameters, in lower case; empty where none is given."""
        return media_type_in(self.header("content-type"))

    @property
    def charset(self) -> str | None:
        """`charset` of the Content-Type as the server wrote it."""
        match = re.search(r"charset\s*=\s*[\"']?([^\s\"';,]+)", self.header("content-type"), re.IGNORECASE)
        return match[1] if match else None

    @property
    def is_short(self) -> bool:
        """Whether the server promised more bytes than there are. Says nothing where codings were undone."""
        length = self.header("content-length")
        coded = self.header("transfer-encoding") or self.header("content-encoding")
        return not coded and re.fullmatch(r"[0-9]{1,18}", length) is not None and int(length) > len(self.payload)


def media_type_in(content_type: str) -> str:
    """The media type of a Content-Type, also where its parameters stand behind a space; in lower case."""
    return re.split(r"[;,\s]", content_type.strip(), maxsplit=1)[0].lower()


def parse_answer(block: bytes) -> Answer | None:
    """Read the block of a `response` record; None if it holds no HTTP answer. Line ends may be bare LF."""
    if not block.startswith(b"HTTP/"):
        return None
    # The library copies what it is given, and what it leaves: of a whole page that takes as long as its digest.
    for part in (block[:USUAL_HEAD_BYTES], block):
        record = WarcRecord()
        record.init_headers(WarcRecordType.response)
        record.is_http = True
        record.set_bytes_content(part)
        try:
            record.parse_http(quirks_mode=True, max_header_len=MAX_HEAD_BYTES)
        except OSError:
            continue
        left, status = len(record.reader.read()), record.http_headers.status_code
        if status is not None and (left or len(part) == len(block)):
            return Answer(status, record.http_headers.to_tuples(), block[len(part) - left :])
    return None


def decode_payload(answer: Answer, max_bytes: int) -> PageBytes:
    """Undo transfer and content codings, of at most `max_bytes`.

    Archives often keep the plain payload under the headers of the wire: a coding that is not there is none.
    """
    payload, problem = answer.payload, None
    if "chunked" in answer.header("transfer-encoding").lower() or FRAMED.match(payload):
        payload, problem = _dechunk(payload)
    codings = content_codings(answer.header("content-encoding"))
    if len(codings) > MAX_CODINGS:
        return PageBytes(payload[:max_bytes], Problem(RejectReason.ENCODING, f"{len(codings)} content codings"))
    for coding in reversed(codings) if payload else ():
        decoded = _decode(payload, coding, max_bytes)
        payload, problem = decoded.body, problem or decoded.problem
        if decoded.problem:
            break
    if problem is None and payload.startswith(GZIP_MAGIC):  # the header forgot to say so
        decoded = _decode(payload, "gzip", max_bytes)
        payload, problem = decoded.body, decoded.problem
    if problem is None and len(payload) > max_bytes:
        return too_large(payload, max_bytes)
    return PageBytes(payload[:max_bytes], problem)


def _dechunk(payload: bytes) -> tuple[bytes, Problem | None]:
    """Chunked transfer coding, RFC 9112 section 7.1; what does not begin with a chunk is taken as decoded already."""
    body = bytearray()
    position = 0
    while head := CHUNK_HEAD.match(payload, position):
        size = int(head[1], 16)
        chunk = payload[head.end() : head.end() + size]
        body += chunk
        if size == 0:
            return bytes(body), None
        if len(chunk) < size:
            break
        position = head.end() + size
    if position == 0 and head is None:
        return payload, None
    return bytes(body), Problem(RejectReason.TRUNCATED, "chunked body is cut short")


def _decode(payload: bytes, coding: str, max_bytes: int) -> PageBytes:
    if coding not in CODINGS:
        if is_html_document(payload[:SNIFF_BYTES]):  # `binary`, `8bit`, a charset: no coding
            return PageBytes(payload)
        return PageBytes(payload[:max_bytes], Problem(RejectReason.ENCODING, f"unknown content coding {coding[:40]!r}"))
    body, inflater = inflate(payload, coding, max_bytes)
    if len(body) > max_bytes:
        return too_large(body, max_bytes)
    if inflater.is_cut:
        return PageBytes(body, Problem(RejectReason.TRUNCATED, "compressed body is cut short"))
    if inflater.damage:
        problem = problem_of(payload)
        is_plain = problem is None or problem.reason is RejectReason.EMPTY  # under the header of the wire
        damage = Problem(RejectReason.ENCODING, inflater.damage)
        return PageBytes(payload) if is_plain else PageBytes(payload[:max_bytes], damage)
    return PageBytes(body)

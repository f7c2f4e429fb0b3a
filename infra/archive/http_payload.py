"""Heads of records, and what is in a `response`: the answer's head, and its payload decoded (RFC 9110, 9112)."""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from fastwarc.warc import WarcRecord, WarcRecordType

from infra.base.inflate import CODINGS, MAX_CODINGS, content_codings, inflate
from parsers.page.content import GZIP_MAGIC, SNIFF_BYTES, PageBytes, Problem, is_html_document, problem_of, too_large
from parsers.record.outcome import RejectReason

# ARC 1.0: URL, IP address, time, media type, length; the address may have spaces, the rest may not.
ARC_LINE: Final = re.compile(rb"(\S.*) (\S+) (\d{8,14}) (.*?) ?(\d{1,18})\r?\n")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the block of a record."""

    size: int
    fields: dict[str, str]
    length: int | None  # of the block; None if that is not said


def warc_head(written: bytes) -> Head:
    """Named fields, which line feeds alone may divide, of any case; the last of a field that occurs twice."""
    text = re.sub(r"\r?\n[ \t]+", " ", written.decode("utf-8", "replace"))  # a value that goes on in the next line
    lines = (line.partition(":") for line in re.split(r"\r?\n", text)[1:])
    fields = {name.strip().lower(): value.strip() for name, colon, value in lines if colon}
    length = fields.get("content-length", "")
    return Head(len(written), fields, int(length) if re.fullmatch(r"[0-9]{1,18}", length) else None)


def arc_head(written: bytes) -> Head:
    """ARC 1.0, https://archive.org/web/researcher/ArcFileFormat.php."""
    line = ARC_LINE.fullmatch(written)
    if line is None:
        raise OSError("no ARC record begins here")
    fields = {
        "warc-type": "warcinfo" if line[1].startswith(b"filedesc:") else "response",
        "warc-target-uri": line[1].decode("utf-8", "replace"),
        "warc-date": line[3].decode(),
    }
    return Head(len(written), fields, int(line[5]))


def has_digest(content: bytes, claimed: str) -> bool | None:
    """Whether bytes have a digest as WARC writes it, `sha1:` and base32 or hex; None if that cannot be checked."""
    algorithm, colon, value = claimed.strip().partition(":")
    algorithm = algorithm.lower().replace("-", "")
    if not colon or algorithm not in {"md5", "sha1", "sha256", "sha384", "sha512"}:
        return None
    found = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    try:
        is_hex = len(value) == 2 * len(found)
        return found == (bytes.fromhex(value) if is_hex else base64.b32decode(value.upper() + "=" * (-len(value) % 8)))
    except ValueError:
        return False


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
    """Undo transfer and content codings, of at most `max_bytes`; one that is not there, is none."""
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

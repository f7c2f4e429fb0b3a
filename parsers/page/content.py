"""What bytes are, judged by the bytes: names and headers only claim it."""

import re
from dataclasses import dataclass

from parsers.record.capture import MediaType
from parsers.record.outcome import RejectReason

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
SNIFF_BYTES = 1024  # WHATWG's prescan looks as far for a charset
HTML_SNIFF_BYTES = 64 << 10  # if a header or a name says HTML: comments and blank lines may come first
UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
TAG = re.compile(
    r"<(?:!doctype|!--|/?(?:html|head|body|title|meta|link|script|style|div|p|span|a|h[1-6]|table|article|section|main"
    r"|header|nav|br|img|ul|ol|li|frameset|iframe|form|svg|base|noscript)(?=[\s/>]))",
    re.IGNORECASE,
)
# Of a file whose name or header says that it is something else: XML and scripts may hold tags, too.
HTML_START = re.compile(
    rb"[\s\xef\xbb\xbf]*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
# 10 % of random bytes are control characters (tab, line breaks, ESC aside); a page with a few NULs is still a page.
MAX_CONTROL_SHARE = 0.05
CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
LEADING = b" \t\r\n\xef\xbb\xbf"  # careless servers put these before a file; no file format begins with one
BLANK = b"\0 \t\r\n\v\f\xef\xbb\xbf\xff\xfe"  # white space and byte order marks
BINARY_MAGIC = {
    b"\x89PNG": "PNG image", b"\xff\xd8\xff": "JPEG image", b"GIF8": "GIF image", b"%PDF-": "PDF",
    ZIP_MAGIC: "zip archive", GZIP_MAGIC: "gzip inside gzip", b"RIFF": "RIFF media", b"OggS\0": "Ogg media",
    **dict.fromkeys((b"ID3\2", b"ID3\3", b"ID3\4"), "MP3"),  # with its version: texts may begin with the letters
    b"\x7fELF": "program", b"wOFF": "font", b"wOF2": "font", b"BZh": "bzip2", b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd", b"7z\xbc\xaf": "7z archive", b"Rar!\x1a": "rar archive",
    b"\xd0\xcf\x11\xe0": "old Office document", b"bplist00": "Safari web archive",
    b"SQLite format 3": "SQLite database", b"PAR1": "Parquet",
    b"Obj\1": "Avro", **dict.fromkeys((b"\x80\2", b"\x80\3", b"\x80\4\x95", b"\x80\5\x95"), "Python pickle"),
    b"ZIM\4": "ZIM of Kiwix", b"\x1f\x9d": "file of compress (.Z)", b"LZIP": "lzip",
    b"\x04\x22\x4d\x18": "lz4", b"{\\rtf": "RTF",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """Why bytes cannot be a page."""

    reason: RejectReason
    detail: str


@dataclass(frozen=True, slots=True)
class PageBytes:
    """Bytes that were read, and what was wrong with them. `body` is at most the largest page size."""

    body: bytes
    problem: Problem | None = None


def media_type_of(body: bytes, *, says_html: bool = False) -> MediaType:
    """HTML if there is a tag near the beginning, or further down if a header or a name says HTML; else text."""
    return MediaType.HTML if TAG.search(_head(body, HTML_SNIFF_BYTES if says_html else SNIFF_BYTES)) else MediaType.TEXT


def is_html_document(head: bytes) -> bool:
    """Whether bytes begin like a whole HTML document, so that nothing else they are said to be is true."""
    return HTML_START.match(head) is not None


def problem_of(body: bytes) -> Problem | None:
    """Why bytes can't be a page: empty or binary. None if they may be one."""
    # The beginning first: stripping a whole page copies it.
    if not body[:SNIFF_BYTES].strip(BLANK) and not body.strip(BLANK):
        return Problem(RejectReason.EMPTY, "no bytes" if not body else "white space only")
    start = body[:SNIFF_BYTES].lstrip(LEADING)
    magic = next(filter(start.startswith, BINARY_MAGIC), None)
    if magic:
        return Problem(RejectReason.NOT_HTML, BINARY_MAGIC[magic])
    if body[4:8] == b"ftyp":
        return Problem(RejectReason.NOT_HTML, "MP4 media")
    head = body[: 8 * SNIFF_BYTES]
    controls = len(head) - len(head.translate(None, CONTROLS))
    if controls > MAX_CONTROL_SHARE * len(head) and body[:2] not in UTF16_MARKS:
        return Problem(RejectReason.NOT_HTML, f"binary: {controls} control characters in {len(head)} bytes")
    return None


def _head(body: bytes, length: int) -> str:
    encoding = UTF16_MARKS.get(body[:2])
    if encoding:
        return body[: 2 * length].decode(encoding, "replace")
    return body.lstrip()[:length].decode("latin-1")


def too_large(body: bytes, max_bytes: int) -> PageBytes:
    """Cut off what is beyond the largest page size, and say so."""
    return PageBytes(body[:max_bytes], Problem(RejectReason.TOO_LARGE, f"larger than {max_bytes:,} bytes"))

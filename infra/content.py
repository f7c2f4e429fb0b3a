"""What bytes are, by looking at them: names and headers only claim it."""

import gzip
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedIOBase, BytesIO
from typing import BinaryIO, Final, cast

from parsers.capture import MediaType
from parsers.outcome import RejectReason

GZIP_MAGIC: Final = b"\x1f\x8b"
ZIP_MAGIC: Final = b"PK\x03\x04"
MAX_GZIP_LAYERS: Final = 2  # a .gz of what a server sent gzipped; more is no accident but a bomb (CVE-2025-6176)
CHUNK_BYTES: Final = 64 << 10

SNIFF_BYTES: Final = 1024  # WHATWG's prescan looks as far for a charset
HTML_SNIFF_BYTES: Final = 64 << 10  # where a header or a name says HTML: long comments and blank lines come first
UTF16_MARKS: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
TAG: Final = re.compile(
    r"<(?:!doctype|!--|/?(?:html|head|body|title|meta|link|script|style|div|p|span|a|h[1-6]|table|article|section|main"
    r"|header|nav|br|img|ul|ol|li|frameset|iframe|form|svg|base|noscript)(?=[\s/>]))",
    re.IGNORECASE,
)
# Random bytes are control characters (tab, line breaks, ESC aside) to 10 %; a page with a few NULs is still a page.
MAX_CONTROL_SHARE: Final = 0.05
CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
BINARY_MAGIC: Final = {
    b"\x89PNG": "PNG image",
    b"\xff\xd8\xff": "JPEG image",
    b"GIF8": "GIF image",
    b"%PDF-": "PDF",
    ZIP_MAGIC: "zip archive",
    GZIP_MAGIC: "gzip inside gzip",
    b"RIFF": "RIFF media",
    b"OggS": "Ogg media",
    b"ID3": "MP3",
    b"\x7fELF": "program",
    b"wOFF": "font",
    b"wOF2": "font",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7z archive",
    b"Rar!": "rar archive",
    b"\xd0\xcf\x11\xe0": "old Office document",
    b"SQLite format 3": "SQLite database",
    b"PAR1": "Parquet",
}
SAVED_FROM: Final = re.compile(rb"<!--\s*saved from url=\(\d{4,5}\)(https?://[^\s<>\"]{1,8192})\s*-->")  # MS-MOTW


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
    """HTML if there is a tag near the beginning, else text.

    Args:
        body: in any encoding that extends ASCII, or UTF-16.
        says_html: a header or a name says that it is HTML; then the tag may stand further down.
    """
    return MediaType.HTML if TAG.search(_head(body, HTML_SNIFF_BYTES if says_html else SNIFF_BYTES)) else MediaType.TEXT


def problem_of(body: bytes) -> Problem | None:
    """Why bytes are no page on the face of it: nothing there, or binary. None if they may be one."""
    if not body.strip(b"\0 \t\r\n\v\f\xef\xbb\xbf\xff\xfe"):
        return Problem(RejectReason.EMPTY, "no bytes" if not body else "white space only")
    for magic, kind in BINARY_MAGIC.items():
        if body.startswith(magic):
            return Problem(RejectReason.NOT_HTML, kind)
    if body[4:8] == b"ftyp":
        return Problem(RejectReason.NOT_HTML, "MP4 media")
    head = body[: 8 * SNIFF_BYTES]
    controls = len(head) - len(head.translate(None, CONTROLS))
    if controls > MAX_CONTROL_SHARE * len(head) and body[:2] not in UTF16_MARKS:
        return Problem(RejectReason.NOT_HTML, f"binary: {controls} control characters in {len(head)} bytes")
    return None


def saved_from(body: bytes) -> str | None:
    """The address in the comment that browsers write into a page they save ("Mark of the Web")."""
    match = SAVED_FROM.search(body, 0, 2 * SNIFF_BYTES)  # it stands right before or after the doctype
    return match[1].decode("ascii", "replace") if match else None


def read_page(stream: BinaryIO, max_bytes: int) -> PageBytes:
    """Read a page from a file, gzipped or not, whatever its name says; in bounded memory.

    Args:
        stream: at its beginning.
        max_bytes: read no more than that, after inflating.
    """
    body = bytearray()
    try:
        source = inflated(stream)
        while chunk := source.read1(CHUNK_BYTES):
            body += chunk
            if len(body) > max_bytes:
                return too_large(bytes(body), max_bytes)
    except EOFError:
        return PageBytes(bytes(body), Problem(RejectReason.TRUNCATED, "gzip file is cut short"))
    except (gzip.BadGzipFile, zlib.error) as error:
        return PageBytes(bytes(body), Problem(RejectReason.ARCHIVE_DAMAGED, f"gzip file is damaged: {error}"))
    return PageBytes(bytes(body), problem_of(bytes(body)))


def inflated(stream: BinaryIO) -> BufferedIOBase:
    """The stream behind at most two layers of gzip.

    Raises:
        EOFError, gzip.BadGzipFile, zlib.error: here or while reading, where gzip data is cut short or damaged.
    """
    source = cast("BufferedIOBase", stream)
    for _ in range(MAX_GZIP_LAYERS):
        magic = source.read(len(GZIP_MAGIC))
        source.seek(0)
        if magic != GZIP_MAGIC:
            break
        source = gzip.GzipFile(fileobj=source, mode="rb")
    return source


def beginning(stream: BinaryIO) -> bytes:
    """The first bytes of a file, inflated if it is gzipped, as far as they can be; the stream stays at its start."""
    head = stream.read(CHUNK_BYTES)
    stream.seek(0)
    with suppress(EOFError, gzip.BadGzipFile, zlib.error):
        return inflated(BytesIO(head)).read1(SNIFF_BYTES)
    return head


def too_large(body: bytes, max_bytes: int) -> PageBytes:
    """Cut off what is beyond the largest page size, and say so."""
    return PageBytes(body[:max_bytes], Problem(RejectReason.TOO_LARGE, f"larger than {max_bytes:,} bytes"))


def _head(body: bytes, length: int) -> str:
    encoding = UTF16_MARKS.get(body[:2])
    if encoding:
        return body[: 2 * length].decode(encoding, "replace")
    return body.lstrip()[:length].decode("latin-1")

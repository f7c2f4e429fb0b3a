"""Pages out of streams: gzipped or not, in bounded memory."""

import gzip
import zlib
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedIOBase, BytesIO
from typing import BinaryIO, Final, cast

from parsers.page.content import GZIP_MAGIC, SNIFF_BYTES, Problem, problem_of
from parsers.record.outcome import RejectReason

MAX_GZIP_LAYERS: Final = 2  # a .gz of what a server sent gzipped; more is no accident but a bomb (CVE-2025-6176)
CHUNK_BYTES: Final = 64 << 10


@dataclass(frozen=True, slots=True)
class PageBytes:
    """Bytes that were read, and what was wrong with them. `body` is at most the largest page size."""

    body: bytes
    problem: Problem | None = None


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

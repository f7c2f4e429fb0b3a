"""Pages out of streams: gzipped or not, in bounded memory."""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from infra.base.inflate import CHUNK_BYTES, Inflater
from parsers.page.content import SNIFF_BYTES, Problem, problem_of
from parsers.record.outcome import RejectReason


@dataclass(frozen=True, slots=True)
class PageBytes:
    """Bytes that were read, and what was wrong with them. `body` is at most the largest page size."""

    body: bytes
    problem: Problem | None = None


def read_page(stream: BinaryIO, max_bytes: int) -> PageBytes:
    """Read a page of at most `max_bytes` from the start of a file, gzipped or not, whatever its name says."""
    # Two layers: a .gz of what a server sent gzipped. More is a bomb, not an accident (CVE-2025-6176).
    inner = Inflater(stream.read)
    outer = Inflater(inner.read)
    body = outer.read_up_to(max_bytes)
    if len(body) > max_bytes:
        return too_large(body, max_bytes)
    if inner.is_cut or outer.is_cut:
        return PageBytes(body, Problem(RejectReason.TRUNCATED, "gzip file is cut short"))
    if damage := inner.damage or outer.damage:
        return PageBytes(body, Problem(RejectReason.ARCHIVE_DAMAGED, damage))
    return PageBytes(body, problem_of(body))


def beginning(stream: BinaryIO) -> bytes:
    """The first bytes of a file, inflated as far as they can be; the stream stays at its start."""
    head = stream.read(CHUNK_BYTES)
    stream.seek(0)
    return Inflater(Inflater(BytesIO(head).read).read).read(SNIFF_BYTES) or head


def too_large(body: bytes, max_bytes: int) -> PageBytes:
    """Cut off what is beyond the largest page size, and say so."""
    return PageBytes(body[:max_bytes], Problem(RejectReason.TOO_LARGE, f"larger than {max_bytes:,} bytes"))

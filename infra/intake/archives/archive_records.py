"""Records of WARC, WET and ARC files, gzipped or not, also where the file is damaged.

The libraries stop at the first damaged record, or silently return half of it. So a file is cut into spans here:
the gzip members, or in a file that is not gzipped the stretches that the records' lengths claim. FastWARC parses the
records within one span and cannot run out of it; after a damaged span, reading goes on at the next one that begins
like a record. Each unreadable stretch is reported once.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, cast

from fastwarc.warc import ArchiveIterator, WarcRecord

from infra.archive.warc import MAX_HEADER_BYTES, fields_of
from infra.base.inflate import CHUNK_BYTES, Inflater
from infra.intake.archives.http_payload import MAX_HEAD_BYTES
from parsers.page.content import GZIP_MAGIC

MEMBER_MAGIC: Final = GZIP_MAGIC + b"\x08"  # deflate is the only method that RFC 1952 knows
RECORD_START: Final = re.compile(rb"WARC/[01]\.\d|filedesc:|[a-z][a-z0-9+.-]{1,15}:[^\s]{1,4096} \S+ \d{14} ")
PLAIN_START: Final = re.compile(rb"(?<=\n)(?:WARC/[01]\.\d|https?://[^\s]{1,4096} [\d.]{7,15} \d{14} )")
CONTENT_LENGTH: Final = re.compile(rb"\nContent-Length:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
# ARC 1.0: URL, IP address, time, media type, length; the address may have spaces, the rest may not.
ARC_LINE: Final = re.compile(rb"(\S.*) (\S+) (\d{8,14}) (.*?) ?(\d{1,18})\r?\n")
SCAN_BYTES: Final = 1 << 20
OVERLAP: Final = 4200  # the longest beginning of a record: a search must not miss it at a chunk's edge


@dataclass(frozen=True, slots=True)
class ArchiveRecord:
    """One record, or the readable part of it."""

    offset: int  # of its span in the file, bytes
    fields: dict[str, str]  # names in lower case; those of an ARC record are translated
    block: bytes  # at most the limit
    oversized: bool = False  # the block is longer than the limit
    problem: str | None = None  # why it may not be whole
    verified: bool = False  # its block digest was there and right


@dataclass(frozen=True, slots=True)
class DamagedStretch:
    """Bytes of an archive without a readable record."""

    offset: int
    content: bytes
    detail: str


class GzipMember(Inflater):
    """One gzip member, inflated as it is read."""

    def __init__(self, stream: BinaryIO, start: int) -> None:
        self._stream = stream
        self._start = self._next = start
        super().__init__(self._from_file, "gzip", max_members=1)

    @property
    def end(self) -> int:
        """Where the next member begins, once all of this one is read."""
        return self._start + self.packed

    def tell(self) -> int:
        """Where in the file."""
        return self.end

    def _from_file(self, size: int) -> bytes:
        self._stream.seek(self._next)
        found = self._stream.read(size)
        self._next += len(found)
        return found


class PlainStretch:
    """What one record claims of a file that is not gzipped; all of the rest where no length is given."""

    def __init__(self, stream: BinaryIO, start: int, length: int | None) -> None:
        self.end = start
        self.damage: str | None = None
        self._stream = stream
        self._left = length

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""
        wanted = size if size > 0 else CHUNK_BYTES
        self._stream.seek(self.end)
        found = self._stream.read(wanted if self._left is None else min(wanted, self._left))
        self.end += len(found)
        if self._left is not None:
            if self._left and not found:
                self.damage = "file is cut short"
            self._left -= len(found)
        return found

    def tell(self) -> int:
        """Where in the file."""
        return self.end


Span = GzipMember | PlainStretch
RecordParser = Callable[[Span, int, int], Iterator[ArchiveRecord]]


def read_records(stream: BinaryIO, max_block_bytes: int) -> Iterator[ArchiveRecord | DamagedStretch]:
    """Read a seekable archive: records in its order, whole or with a problem, and what is damaged beyond that.

    Of a record no more than `max_block_bytes` are kept; the rest is read and dropped.
    """
    size = stream.seek(0, 2)
    gzipped = _is_gzipped(stream, size)
    start = 0
    while start < size:
        span = _span_at(stream, start, gzipped=gzipped)
        if span is None:
            following = _next_start(stream, start + 1, gzipped=gzipped)
            yield DamagedStretch(start, _bytes(stream, start, following, max_block_bytes), "no record begins here")
            start = following
            continue
        first = GzipMember(stream, start).read(1) if gzipped else _bytes(stream, start, start + 1, 1)
        parse = _warc_records if first == b"W" else _arc_records
        beyond: int | None = None
        for record in _records_of(span, parse, start, max_block_bytes):
            if isinstance(record, str):
                beyond = _next_start(stream, start + 1, gzipped=gzipped)
                yield DamagedStretch(start, _bytes(stream, start, beyond, max_block_bytes), record)
                continue
            start = record.offset
            if record.problem:
                beyond = _next_start(stream, start + 1, gzipped=gzipped)
            yield record
        start = span.end if beyond is None else beyond


def _is_gzipped(stream: BinaryIO, size: int) -> bool:
    """Whether an archive is gzipped, even if its first bytes are damaged."""
    head = _bytes(stream, 0, SCAN_BYTES, SCAN_BYTES)
    if RECORD_START.match(head) or head.startswith(GZIP_MAGIC):
        return head.startswith(GZIP_MAGIC)
    return not PLAIN_START.search(head) and _next_start(stream, 1, gzipped=True) < size


def _span_at(stream: BinaryIO, start: int, *, gzipped: bool) -> Span | None:
    """The span that begins at `start`; None if nothing does."""
    if gzipped:
        return GzipMember(stream, start) if _bytes(stream, start, start + 3, 3) == MEMBER_MAGIC else None
    head = _bytes(stream, start, start + CHUNK_BYTES, CHUNK_BYTES)
    if not RECORD_START.match(head):
        return None
    if not head.startswith(b"WARC/"):
        return PlainStretch(stream, start, None)  # its length is in a line of its own form: the parser's matter
    blank = BLANK_LINE.search(head)
    if blank is None:  # very long fields
        head = _bytes(stream, start, start + MAX_HEADER_BYTES, MAX_HEADER_BYTES)
        blank = BLANK_LINE.search(head)
    length = CONTENT_LENGTH.search(head, 0, blank.start() + 2) if blank else None
    if not (blank and length):
        return None
    end = start + blank.end() + int(length[1])
    newlines = re.match(rb"[\r\n]{0,8}", _bytes(stream, end, end + 8, 8))  # four, by the standard
    return PlainStretch(stream, start, end + (newlines.end() if newlines else 0) - start)


def _next_start(stream: BinaryIO, start: int, *, gzipped: bool) -> int:
    """Where the next span begins at or after `start`; the end of the file if none does."""
    while chunk := _bytes(stream, max(start - 1, 0), start + SCAN_BYTES, SCAN_BYTES + 1):
        base = max(start - 1, 0)
        if gzipped:
            position = chunk.find(MEMBER_MAGIC, start - base)
            while position >= 0:
                if RECORD_START.match(GzipMember(stream, base + position).read(OVERLAP)):
                    return base + position
                position = chunk.find(MEMBER_MAGIC, position + 1)
        elif found := PLAIN_START.search(chunk):
            return base + found.start()
        if len(chunk) <= OVERLAP:
            break
        start = base + len(chunk) - OVERLAP + 1
    return stream.seek(0, 2)


def _records_of(span: Span, parse: RecordParser, offset: int, max_block_bytes: int) -> Iterator[ArchiveRecord | str]:
    """Records of one span; a text says what is wrong after the last one.

    A record is held back until the next one begins: if none does, its length was wrong.
    """
    held: ArchiveRecord | None = None
    problem: str | None = None
    try:
        for record in parse(span, offset, max_block_bytes):
            if held:
                yield held
            held = record
            if record.problem:
                break
    except OSError as error:
        problem = str(error)
    problem = problem or span.damage
    if held is None:
        yield problem or "no record in it"
    elif problem and not held.problem and not held.verified:
        yield replace(held, problem=problem)
    else:
        yield held
        if problem and not held.problem:
            yield problem


def _warc_records(source: Span, offset: int, max_block_bytes: int) -> Iterator[ArchiveRecord]:
    for record in ArchiveIterator(
        cast("BinaryIO", source), parse_http=False, max_header_len=MAX_HEADER_BYTES, stream_detect=False
    ):
        yield _warc_record(record, offset, max_block_bytes)


def _warc_record(record: WarcRecord, offset: int, max_block_bytes: int) -> ArchiveRecord:
    fields = fields_of(record)
    block = bytearray()
    total = 0
    while chunk := record.reader.read(CHUNK_BYTES):
        total += len(chunk)
        block += chunk[: max(0, max_block_bytes - len(block))]
    oversized = total > max_block_bytes
    length = fields.get("content-length", "")
    problem = None
    if not length.isascii() or not length.isdigit():
        problem = "its header is cut short or has no Content-Length"
    elif total < int(length):
        problem = f"{total:,} of {int(length):,} bytes are there"
    verified = None if oversized or problem else has_digest(bytes(block), fields.get("warc-block-digest", ""))
    if verified is False:
        problem = "it does not have the WARC-Block-Digest it claims"
    return ArchiveRecord(offset, fields, bytes(block), oversized, problem, verified is True)


def _arc_records(source: Span, offset: int, max_block_bytes: int) -> Iterator[ArchiveRecord]:
    """Records of ARC 1.0, https://archive.org/web/researcher/ArcFileFormat.php."""
    waiting = b""
    while True:
        while b"\n" not in waiting.lstrip(b"\r\n") and (chunk := source.read(CHUNK_BYTES)):
            waiting = waiting.lstrip(b"\r\n") + chunk
            if len(waiting) > MAX_HEAD_BYTES:
                break
        waiting = waiting.lstrip(b"\r\n")
        if not waiting:
            return
        line = ARC_LINE.match(waiting)
        if line is None:
            raise OSError("no ARC record begins here")
        if isinstance(source, PlainStretch):
            offset = source.tell() - len(waiting)
        length = int(line[5])
        waiting = waiting[line.end() :]
        block, total = bytearray(waiting[: min(length, max_block_bytes)]), min(len(waiting), length)
        waiting = waiting[total:]
        while total < length and (chunk := source.read(min(CHUNK_BYTES, length - total))):
            total += len(chunk)
            block += chunk[: max(0, max_block_bytes - len(block))]
        fields = {
            "warc-type": "warcinfo" if line[1].startswith(b"filedesc:") else "response",
            "warc-target-uri": line[1].decode("utf-8", "replace"),
            "warc-date": line[3].decode(),
        }
        waiting = waiting or source.read(CHUNK_BYTES)
        problem = f"{total:,} of {length:,} bytes are there" if total < length else None
        if waiting and not waiting.startswith((b"\n", b"\r")):
            problem = "its length is not where it ends"
        yield ArchiveRecord(offset, fields, bytes(block), length > max_block_bytes, problem)


def has_digest(content: bytes, claimed: str) -> bool | None:
    """Whether bytes have a digest as WARC writes it, `sha1:` and base32 or hex; None if that cannot be checked."""
    algorithm, colon, value = claimed.strip().partition(":")
    algorithm = algorithm.lower().replace("-", "")
    if not colon or algorithm not in {"md5", "sha1", "sha256", "sha384", "sha512"}:
        return None
    found = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    try:
        expected = (
            bytes.fromhex(value)
            if len(value) == 2 * len(found)
            else base64.b32decode(f"{value.upper()}{'=' * (-len(value) % 8)}")
        )
    except (ValueError, binascii.Error):
        return False
    return found == expected


def _bytes(stream: BinaryIO, start: int, end: int, limit: int) -> bytes:
    stream.seek(start)
    return stream.read(min(end - start, limit))

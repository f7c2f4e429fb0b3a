"""Records of WARC, WET and ARC files, packed with gzip or zstd or not at all, also where the file is damaged.

The libraries stop at the first damaged record, or silently return half of it. So a file is cut into spans: members of
gzip or frames of zstd, or in a file that is not packed the stretches that the records' lengths claim. Records are read
within one span; after a damaged one, reading goes on at the next that begins like a record.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from infra.archive.http_payload import MAX_HEAD_BYTES, Head, arc_head, has_digest, warc_head
from infra.base.inflate import CHUNK_BYTES, RECOGNISED, Inflater, dictionary_of

MAX_HEADER_BYTES: Final = 8 << 20  # of a record; a long Set-Cookie list passes the 64 KiB that fastwarc takes
# How a member begins: deflate is the only method that RFC 1952 knows.
MEMBER_MAGIC: Final = {"gzip": b"\x1f\x8b\x08", "zstd": b"\x28\xb5\x2f\xfd"}
SKIPPABLE: Final = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18(....)", re.DOTALL)  # a zstd frame for others (RFC 8878, 3.1.2)
RECORD_START: Final = re.compile(rb"WARC/[01]\.\d|filedesc:|[a-z][a-z0-9+.-]{1,15}:[^\s]{1,4096} \S+ \d{14} ")
PLAIN_START: Final = re.compile(rb"(?<=\n)(?:WARC/[01]\.\d|https?://[^\s]{1,4096} [\d.]{7,15} \d{14} )")
LEADING: Final = re.compile(rb"[\xef\xbb\xbf\r\n]*(?=WARC/[01]\.\d|filedesc:)")
CONTENT_LENGTH: Final = re.compile(rb"\nContent-Length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
ARC_LINE_END: Final = re.compile(rb"\n")
HEAD_BYTES: Final = 4 << 10  # of a record: enough for the named fields that crawlers write
SCAN_BYTES: Final = 1 << 20
MAX_LENGTH: Final = 10**18  # where none is said: all that is left
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
    length: int | None = None  # bytes of its gzip member, where that holds it alone and is whole
    refused: str | None = None  # why nobody wants it, by its fields; then no block is kept


@dataclass(frozen=True, slots=True)
class DamagedStretch:
    """Bytes of an archive without a readable record."""

    offset: int
    content: bytes
    detail: str


@dataclass(frozen=True, slots=True)
class Packing:
    """How the records of a file are packed."""

    coding: str  # gzip or zstd
    dictionary: bytes | None = None  # zstd's, which its first frame holds


@dataclass(frozen=True, slots=True)
class Part:
    """Those records of a file of gzip members that begin in a range of its bytes, to the next one beyond it."""

    start: int
    end: int
    is_exact: bool = False  # a record is known to begin at the start; else the first one after it is looked for


@dataclass(frozen=True, slots=True)
class Bounds:
    """What was read of a part: parts that are read apart fit together if each begins where the one before ends."""

    begun: int
    ended: int


class Member(Inflater):
    """One member of gzip or frame of zstd, inflated as it is read."""

    def __init__(self, stream: BinaryIO, start: int, packing: Packing) -> None:
        self._stream = stream
        self._start = self._next = start
        self.is_gzip = packing.coding == "gzip"
        super().__init__(self._from_file, RECOGNISED, is_one_member=True, dictionary=packing.dictionary)

    @property
    def end(self) -> int:
        """Where the next member begins, once all of this one is read."""
        return self._start + self.packed

    def _from_file(self, size: int) -> bytes:
        self._stream.seek(self._next)
        found = self._stream.read(size)
        self._next += len(found)
        return found


class PlainStretch:
    """What one record claims of a file that is not packed; all of the rest where no length is given."""

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


Span = Member | PlainStretch
Refusal = Callable[[Mapping[str, str]], str | None]  # why a record with these fields is not wanted


def has_members(stream: BinaryIO, max_bytes: int) -> bool:
    """Whether the first gzip member of an archive ends within so many bytes: some pack the whole file as one."""
    member = Member(stream, 0, Packing("gzip"))
    while member.packed < max_bytes + CHUNK_BYTES and member.read(CHUNK_BYTES):
        pass
    return member.end < min(stream.seek(0, 2), max_bytes)


def read_records(
    stream: BinaryIO, max_block_bytes: int, refusal: Refusal | None = None, part: Part | None = None
) -> Iterator[ArchiveRecord | DamagedStretch | Bounds]:
    """Read a seekable archive, or a part of one of gzip members: records in order, what is damaged besides, and bounds.

    Of a record that `refusal` gives a reason for, by its fields, nothing is kept; of others at most `max_block_bytes`.
    """
    size = stream.seek(0, 2)
    packing = Packing("gzip") if part else _packing_of(stream, size)
    part = part or Part(0, size)
    start = part.start
    if start and not part.is_exact:
        start = _next_start(stream, start, packing, part.end)
    begun = start
    while start < part.end or start < _next_start(stream, part.end, packing):
        if skipped := _skippable(stream, start, packing):
            start += skipped
            continue
        span = _span_at(stream, start, packing)
        if span is None:
            following = _next_start(stream, start + 1, packing)
            yield DamagedStretch(start, _bytes(stream, start, following, max_block_bytes), "no record begins here")
            start = following
            continue
        if refusal and packing and packing.coding == "gzip" and (passed := _passed_over(stream, start, refusal)):
            refused, start = passed
            yield refused
            continue
        beyond: int | None = None
        for record in _records_of(span, start, max_block_bytes, refusal):
            if isinstance(record, str):
                beyond = _next_start(stream, start + 1, packing)
                yield DamagedStretch(start, _bytes(stream, start, beyond, max_block_bytes), record)
                continue
            start = record.offset
            if record.problem:
                beyond = _next_start(stream, start + 1, packing)
            yield record
        start = span.end if beyond is None else beyond
    yield Bounds(begun, start)


def _passed_over(stream: BinaryIO, start: int, refusal: Refusal) -> tuple[ArchiveRecord, int] | None:
    """A member whose record is refused, and where the next begins; None if it is taken, or its end is not certain.

    Its end is certain if the size that stands before the next one (RFC 1952, ISIZE) is what the head claims.
    """
    beginning = Member(stream, start, Packing("gzip")).read(HEAD_BYTES)
    end = BLANK_LINE.search(beginning)
    if end is None or not beginning.startswith(b"WARC/"):
        return None
    head = warc_head(beginning[: end.end()])
    refused = refusal(head.fields)
    if refused is None or head.length is None:
        return None
    following = _next_start(stream, start + 1, Packing("gzip"))
    claimed = (head.size + head.length + len(b"\r\n\r\n")) % (1 << 32)
    is_end = _bytes(stream, following - 4, following, 4) == claimed.to_bytes(4, "little")
    return (ArchiveRecord(start, head.fields, b"", refused=refused), following) if is_end else None


def _packing_of(stream: BinaryIO, size: int) -> Packing | None:
    """How an archive is packed, even if its first bytes are damaged."""
    head = _bytes(stream, 0, SCAN_BYTES, SCAN_BYTES)
    if LEADING.match(head):
        return None
    gzip, zstd = Packing("gzip"), Packing("zstd", dictionary_of(stream))
    if RECORD_START.match(head) or head.startswith(b"\x1f\x8b"):
        return gzip if head.startswith(b"\x1f\x8b") else None
    if head.startswith(MEMBER_MAGIC["zstd"]) or SKIPPABLE.match(head):
        return zstd
    if PLAIN_START.search(head):
        return None
    return next((packing for packing in (gzip, zstd) if _next_start(stream, 1, packing) < size), None)


def _skippable(stream: BinaryIO, start: int, packing: Packing | None) -> int:
    """Bytes before a record that are none of it: zstd's frame of a dictionary, an editor's mark, blank lines."""
    if packing is None:
        blank = LEADING.match(_bytes(stream, 0, HEAD_BYTES, HEAD_BYTES)) if start == 0 else None
        return blank.end() if blank else 0
    frame = SKIPPABLE.match(_bytes(stream, start, start + 8, 8)) if packing.coding == "zstd" else None
    return frame.end() + int.from_bytes(frame[1], "little") if frame else 0


def _span_at(stream: BinaryIO, start: int, packing: Packing | None) -> Span | None:
    if packing:
        magic = MEMBER_MAGIC[packing.coding]
        return Member(stream, start, packing) if _bytes(stream, start, start + 4, 4).startswith(magic) else None
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


def _next_start(stream: BinaryIO, start: int, packing: Packing | None, end: int | None = None) -> int:
    """Where the next span begins at or after `start`; the end of the file if none does, or one beyond `end`."""
    while end is None or start < end:
        base = max(start - 1, 0)
        chunk = _bytes(stream, base, start + SCAN_BYTES, SCAN_BYTES + 1)
        if packing:
            magic = MEMBER_MAGIC[packing.coding]
            position = chunk.find(magic, start - base)
            while position >= 0:
                if RECORD_START.match(Member(stream, base + position, packing).read(OVERLAP)):
                    return base + position
                position = chunk.find(magic, position + 1)
        elif found := PLAIN_START.search(chunk):
            return base + found.start()
        if len(chunk) <= OVERLAP:
            break
        start = base + len(chunk) - OVERLAP + 1
    return stream.seek(0, 2)


def _records_of(
    span: Span, offset: int, max_block_bytes: int, refusal: Refusal | None
) -> Iterator[ArchiveRecord | str]:
    """Records of one span, each once the next one begins: else its length was wrong. A text says what is."""
    held: ArchiveRecord | None = None
    problem: str | None = None
    is_alone = isinstance(span, Member) and span.is_gzip
    try:
        for record in _records(span, offset, max_block_bytes, refusal):
            if held:
                yield held
                is_alone = False
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
    elif problem or held.problem:
        yield held
        if not held.problem:
            yield problem or ""
    else:
        yield replace(held, length=span.end - offset) if is_alone else held


def _records(source: Span, offset: int, max_block_bytes: int, refusal: Refusal | None) -> Iterator[ArchiveRecord]:
    waiting = b""
    while True:
        head, waiting = _next_head(source, waiting)
        if head is None:
            return
        if isinstance(source, PlainStretch):
            offset = source.end - len(waiting) - head.size
        length = MAX_LENGTH if head.length is None else head.length
        refused = refusal(head.fields) if refusal else None
        most = 0 if refused else max_block_bytes
        pieces, total = [waiting[: min(length, most)]], min(len(waiting), length)
        waiting = waiting[total:]
        while total < length and (chunk := source.read(min(CHUNK_BYTES, length - total))):
            pieces.append(chunk[: max(0, most - total)])
            total += len(chunk)
        block = b"".join(pieces)
        waiting = waiting or source.read(CHUNK_BYTES)
        oversized, problem = total > most, None
        if head.length is None:
            problem = "its header is cut short or has no Content-Length"
        elif total < length:
            problem = f"{total:,} of {length:,} bytes are there"
        claimed = head.fields.get("warc-block-digest", "")
        verified = None if oversized or problem else has_digest(block, claimed)
        if verified is False:
            problem = "it does not have the WARC-Block-Digest it claims"
        elif not (verified or problem) and waiting and not waiting.startswith((b"\n", b"\r", b"WARC/")):
            problem = "its length is not where it ends"
        yield ArchiveRecord(offset, head.fields, block, oversized, problem, verified is True, refused=refused)


def _next_head(source: Span, waiting: bytes) -> tuple[Head | None, bytes]:
    """The head of the next record, and what was read beyond it; None at the end. OSError if no record begins there."""
    while True:
        waiting = waiting.lstrip(b"\r\n")
        is_warc = waiting.startswith(b"WARC/")
        if found := (BLANK_LINE if is_warc else ARC_LINE_END).search(waiting):
            break
        chunk = source.read(CHUNK_BYTES) if len(waiting) <= (MAX_HEADER_BYTES if is_warc else MAX_HEAD_BYTES) else b""
        if not chunk and not waiting:
            return None, b""
        if not chunk:
            raise OSError("its header is cut short" if is_warc else "no ARC record begins here")
        waiting += chunk
    head = (warc_head if is_warc else arc_head)(waiting[: found.end()])
    return head, waiting[found.end() :]


def _bytes(stream: BinaryIO, start: int, end: int, limit: int) -> bytes:
    stream.seek(min(start, stream.seek(0, 2)))  # a Content-Length may be larger than any file
    return stream.read(min(end - start, limit))

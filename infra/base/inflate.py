"""The one place where packed bytes are unpacked: gzip, deflate, Brotli and zstd, in bounded memory."""

import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Final, Protocol

from fastwarc.stream_io import BrotliReader, ZstdReader

from parsers.page.content import GZIP_MAGIC

CHUNK_BYTES: Final = 64 << 10
# bgzip and concatenated logs have a member per 64 KiB. A million empty members would keep zlib busy for minutes
# without giving a byte.
MAX_GZIP_MEMBERS: Final = 1_000
GZIP_CODINGS: Final = frozenset({"gzip", "x-gzip"})  # RFC 9110, 8.4.1.3
ZLIB_CODINGS: Final = GZIP_CODINGS | {"deflate"}
CODINGS: Final = ZLIB_CODINGS | {"br", "zstd"}
GZIP_WINDOW, ZLIB_WINDOW, RAW_WINDOW = 31, 15, -15  # zlib's wbits


class _Reader(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Inflater:
    """Reads packed bytes as what they hold. Packed bytes never raise: a stream that breaks ends, and `damage` says why.

    Attributes:
        damage: why the content ends early; None while nothing is wrong.
        is_cut: the damage is that packed bytes are missing at the end. Brotli and zstd can't tell.
        is_packed: known after the first read; False only where no coding was given and the bytes are not gzip.
        unpacked: bytes given so far.
    """

    def __init__(
        self, read: Callable[[int], bytes], coding: str | None = None, *, max_members: int = MAX_GZIP_MEMBERS
    ) -> None:
        """Begin with nothing read.

        Args:
            read: gives at most so many packed bytes, none at the end. What it raises is raised from here.
            coding: one of `CODINGS`; None: gzip if the bytes begin like it, else nothing to unpack.
            max_members: of gzip; with 1, what follows the first one is left alone.
        """
        self.damage: str | None = None
        self.is_cut = False
        self.is_packed = False
        self.unpacked = 0
        self._source = read
        self._coding = coding
        self._members_left = max_members - 1
        self._max_members = max_members
        self._taken = 0
        self._waiting = b""  # taken, and not unpacked yet
        self._begun = self._ended = False
        self._zlib = zlib.decompressobj(GZIP_WINDOW)
        self._reader: _Reader | None = None

    @property
    def packed(self) -> int:
        """Packed bytes that were unpacked so far."""
        return self._taken - len(self._waiting)

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        """At most `size` bytes; none at the end, and where the packed bytes are damaged."""
        size = size if size > 0 else CHUNK_BYTES
        if not self._begun:
            self._begin()
        if self._ended:
            return b""
        if not self.is_packed:
            piece, self._waiting = self._waiting[:size], self._waiting[size:]
            piece = piece or self._take(size)
        elif self._reader is not None:
            piece = self._read_whole(self._reader, size)
        else:
            piece = self._inflate(size)
        self.unpacked += len(piece)
        return piece

    def read_up_to(self, max_bytes: int) -> bytes:
        """All that is left; of more than `max_bytes` one byte more than that."""
        content = bytearray()
        while len(content) <= max_bytes and (piece := self.read(min(CHUNK_BYTES, max_bytes + 1 - len(content)))):
            content += piece
        return bytes(content)

    def _take(self, size: int = CHUNK_BYTES) -> bytes:
        taken = self._source(size)
        self._taken += len(taken)
        return taken

    def _begin(self) -> None:
        """Learn from the first two bytes what follows."""
        self._begun = True
        self._fill()
        head = self._waiting
        if not head:
            self._ended = True
            return
        self.is_packed = self._coding is not None or head.startswith(GZIP_MAGIC)
        if self._coding == "deflate":
            # RFC 9110, 8.4.1.2 wants zlib's wrapper; some servers leave it out. RFC 1950, 2.2 tells them apart.
            wrapped = len(head) > 1 and head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2], "big") % 31 == 0
            self._zlib = zlib.decompressobj(ZLIB_WINDOW if wrapped else RAW_WINDOW)
        elif self._coding in CODINGS - ZLIB_CODINGS:
            rest = BytesIO(head + self._rest())
            self._reader = BrotliReader(rest) if self._coding == "br" else ZstdReader(rest)

    def _fill(self) -> None:
        while len(self._waiting) < len(GZIP_MAGIC) and (more := self._take()):
            self._waiting += more

    def _rest(self) -> bytes:
        """All packed bytes: FastWARC's readers take no stream of ours, and archives have them in memory anyway."""
        pieces = []
        while piece := self._take():
            pieces.append(piece)
        return b"".join(pieces)

    def _read_whole(self, reader: _Reader, size: int) -> bytes:
        try:
            return reader.read(size)
        except OSError as error:
            self._end(f"{self._coding} data is damaged: {error}")
            return b""

    def _inflate(self, size: int) -> bytes:
        while not self._ended:
            if self._zlib.eof and not self._next_member():
                break
            packed = self._waiting or self._take()
            try:
                piece = self._zlib.decompress(packed, size)
            except zlib.error as error:
                self._end(f"{self._coding or 'gzip'} data is damaged: {error}")
                break
            self._waiting = self._zlib.unconsumed_tail or self._zlib.unused_data
            if piece:
                return piece
            if not packed and not self._zlib.eof:
                self.is_cut = True
                self._end(f"{self._coding or 'gzip'} data is cut short")
        return b""

    def _next_member(self) -> bool:
        """Begin another gzip member (RFC 1952, 2.2), or take what follows for padding, as gzip itself does."""
        if self._max_members == 1:
            self._ended = True
            return False
        self._fill()
        if self._coding == "deflate" or not self._waiting.startswith(GZIP_MAGIC):
            self._ended = True
            return False
        if not self._members_left:
            self._end(f"more than {self._max_members:,} gzip members")
            return False
        self._members_left -= 1
        self._zlib = zlib.decompressobj(GZIP_WINDOW)
        return True

    def _end(self, damage: str) -> None:
        self.damage, self._ended = damage, True


def inflate(packed: bytes, coding: str | None, max_bytes: int) -> tuple[bytes, Inflater]:
    """Unpack bytes; of more than `max_bytes` one byte more than that. The inflater says what was wrong."""
    inflater = Inflater(BytesIO(packed).read, coding)
    return inflater.read_up_to(max_bytes), inflater

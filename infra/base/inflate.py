"""The one place where packed bytes are unpacked: gzip, deflate, Brotli and zstd, in bounded memory."""

import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final

from fastwarc.stream_io import BrotliReader, ZstdReader

from parsers.page.content import GZIP_MAGIC

CHUNK_BYTES: Final = 64 << 10
# bgzip and concatenated logs have a member per 64 KiB. A million empty members would keep zlib busy for minutes
# without giving a byte.
MAX_GZIP_MEMBERS: Final = 1_000
ZLIB_CODINGS: Final = frozenset({"gzip", "x-gzip", "deflate"})  # RFC 9110, 8.4.1
CODINGS: Final = ZLIB_CODINGS | {"br", "zstd"}
GZIP_WINDOW, ZLIB_WINDOW, RAW_WINDOW = 31, 15, -15  # zlib's wbits


class Inflater:
    """Reads packed bytes as what they hold. They never raise: a stream that breaks ends, and `damage` says why."""

    def __init__(
        self, read: Callable[[int], bytes], coding: str | None = None, *, max_members: int = MAX_GZIP_MEMBERS
    ) -> None:
        """Begin with nothing read.

        `read` gives at most so many packed bytes, none at the end. Without one of `CODINGS`, bytes that begin like gzip
        are unpacked and others given as they are. With one member at most, what follows it is left alone.
        """
        self.damage: str | None = None  # why the content ends early
        self.is_cut = False  # the damage is that packed bytes are missing at the end; Brotli and zstd can't tell
        self.is_packed = False  # known after the first read
        self._source = read
        self._coding = coding
        self._max_members = max_members
        self._taken = 0
        self._waiting = b""  # taken, and not unpacked yet
        self._size = CHUNK_BYTES
        self._pieces = self._unpack()

    @property
    def packed(self) -> int:
        """Packed bytes that were unpacked so far."""
        return self._taken - len(self._waiting)

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        """At most `size` bytes; none at the end, and where the packed bytes are damaged."""
        self._size = size if size > 0 else CHUNK_BYTES
        return next(self._pieces, b"")

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

    def _head(self) -> bytes:
        """What waits; at least two bytes, which tell what follows, unless that is the end."""
        while len(self._waiting) < len(GZIP_MAGIC) and (more := self._take()):
            self._waiting += more
        return self._waiting

    def _unpack(self) -> Iterator[bytes]:
        head = self._head()
        self.is_packed = bool(head) and (self._coding is not None or head.startswith(GZIP_MAGIC))
        if not self.is_packed:
            while piece := self._waiting[: self._size] or self._take(self._size):
                self._waiting = self._waiting[len(piece) :]
                yield piece
        elif self._coding in CODINGS - ZLIB_CODINGS:
            yield from self._read_whole()
        elif self._coding == "deflate":
            # RFC 9110, 8.4.1.2 wants zlib's wrapper; some servers leave it out. RFC 1950, 2.2 tells them apart.
            wrapped = len(head) > 1 and head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2], "big") % 31 == 0
            yield from self._inflate(ZLIB_WINDOW if wrapped else RAW_WINDOW)
        else:
            yield from self._inflate(GZIP_WINDOW)

    def _read_whole(self) -> Iterator[bytes]:
        """By FastWARC's readers, which take no stream of ours; archives have the packed bytes in memory anyway."""
        packed = self._waiting + b"".join(iter(self._take, b""))
        reader = BrotliReader(BytesIO(packed)) if self._coding == "br" else ZstdReader(BytesIO(packed))
        try:
            while piece := reader.read(self._size):
                yield piece
        except OSError as error:
            self.damage = f"{self._coding} data is damaged: {error}"

    def _inflate(self, window: int) -> Iterator[bytes]:
        """By zlib; gzip members may follow each other (RFC 1952, 2.2), anything else is padding, as for gzip itself."""
        unpacker, members = zlib.decompressobj(window), 1
        while True:
            packed = self._waiting or self._take()
            try:
                piece = unpacker.decompress(packed, self._size)
            except zlib.error as error:
                self.damage = f"{self._coding or 'gzip'} data is damaged: {error}"
                return
            self._waiting = unpacker.unconsumed_tail or unpacker.unused_data
            if piece:
                yield piece
            if unpacker.eof:
                if self._max_members == 1 or not self._head().startswith(GZIP_MAGIC) or window != GZIP_WINDOW:
                    return
                if members == self._max_members:
                    self.damage = f"more than {members:,} gzip members"
                    return
                unpacker, members = zlib.decompressobj(window), members + 1
            elif not packed and not piece:
                self.is_cut, self.damage = True, f"{self._coding or 'gzip'} data is cut short"
                return


def inflate(packed: bytes, coding: str | None, max_bytes: int) -> tuple[bytes, Inflater]:
    """Unpack bytes; of more than `max_bytes` one byte more than that. The inflater says what was wrong."""
    inflater = Inflater(BytesIO(packed).read, coding)
    return inflater.read_up_to(max_bytes), inflater

"""The one place where packed bytes are unpacked: gzip, deflate, Brotli, zstd, bzip2 and xz, in bounded memory."""

import bz2
import lzma
import re
import struct
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, BinaryIO, Final, cast

import brotli
from zlib_ng import zlib_ng

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK_BYTES: Final = 64 << 10
# Programs that append write a member a line. A million that hold next to nothing would take zstd 25 seconds.
MAX_SMALL_MEMBERS: Final = 1_000
SMALL_MEMBER: Final = 100  # bytes that others hold; a row with a page in it does
ZLIB_CODINGS: Final = frozenset({"gzip", "x-gzip", "deflate"})  # RFC 9110, 8.4.1
CODINGS: Final = ZLIB_CODINGS | {"br", "zstd"}
NO_CODINGS: Final = frozenset({"", "identity", "none", "utf-8"})  # the last two are common slips
MAX_CODINGS: Final = 2  # RFC 9110 sets no limit; more than two layers is a bomb (CVE-2025-6176), not a page
GZIP_WINDOW, ZLIB_WINDOW, RAW_WINDOW = 31, 15, -15  # zlib's wbits
ZSTD_WINDOW_LOG: Final = 23  # 8 MB: what RFC 9659 allows for the web
ZSTD_FILE_WINDOW_LOG: Final = 27  # 128 MB: what `zstd --long` writes, and what `zstd -d` takes unasked
XZ_MEMORY: Final = 256 << 20  # `xz -9` needs 65 MB; a larger dictionary is a bomb
# The first frame of a .warc.zst may hold its dictionary, packed or not (IIPC, WARC zstd compression 1.0).
DICTIONARY_FRAME: Final = 0x184D2A5D
DICTIONARY_MAGIC: Final = b"\x37\xa4\x30\xec"
MAX_DICTIONARY_BYTES: Final = 16 << 20  # those of Archive Team have 1 MB
AS_IT_IS: Final = "identity"  # in place of a coding: part of something, whose beginning says nothing
RECOGNISED: Final = "file"  # in place of a coding: whatever the bytes begin like, as of files that people pack
MAGIC_BYTES: Final = 10  # the longest of those below
# Of what is recognised, and may be repeated. zstd's frames may follow a skippable one (RFC 8878, 3.1.2); bzip2's
# beginning alone is three letters that a text may begin with, so it takes that of its first block too.
_MAGIC: Final = {
    "gzip": re.compile(rb"\x1f\x8b"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\0"),
}
_ZLIB: Final[Any] = zlib_ng._ZlibDecompressor  # in the manner of bz2 and lzma; its name is that of the standard library
_ZLIB_ERROR: Final = cast("type[Exception]", zlib_ng.error)  # its stub says that it is an exception, not a type
_DAMAGED: Final = (_ZLIB_ERROR, brotli.error, zstd.ZstdError, OSError, lzma.LZMAError)  # OSError is bz2's


def packed_as(head: bytes) -> str | None:
    """The coding that bytes begin like; None if they are not packed."""
    return next((coding for coding, magic in _MAGIC.items() if magic.match(head)), None)


class Inflater:
    """Reads packed bytes as what they hold. They never raise: a stream that breaks ends, and `damage` says why."""

    def __init__(
        self,
        read: Callable[[int], bytes],
        coding: str | None = None,
        *,
        is_one_member: bool = False,
        dictionary: bytes | None = None,
    ) -> None:
        """Without one of `CODINGS`, bytes that begin like gzip are unpacked; with `RECOGNISED` those of `packed_as`.

        `read` gives at most so many packed bytes. With one member, what follows it is left alone.
        """
        self.damage: str | None = None  # why the content ends early
        self.is_cut = False  # the damage is that packed bytes are missing at the end
        self.is_packed = False  # known after the first read
        self.unpacked = 0  # bytes given so far
        self._source = read
        self._coding = coding
        self._window_log = ZSTD_FILE_WINDOW_LOG if coding == RECOGNISED else ZSTD_WINDOW_LOG
        self._is_one_member = is_one_member
        self._dictionary = dictionary
        self._taken = 0
        self._waiting = b""  # taken, and not unpacked yet
        self._size = CHUNK_BYTES
        self._pieces = self._unpack()

    @property
    def recognised(self) -> str | None:
        """The coding, once something was read; None if the bytes are not packed."""
        return self._coding if self.is_packed else None

    @property
    def packed(self) -> int:
        """Packed bytes that were unpacked so far."""
        return self._taken - len(self._waiting)

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        """At most `size` bytes; none at the end, and where the packed bytes are damaged."""
        self._size = size if size > 0 else CHUNK_BYTES
        piece = next(self._pieces, b"")
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

    def _head(self) -> bytes:
        """What waits; at least as much as tells what follows, unless that is the end."""
        while len(self._waiting) < MAGIC_BYTES and (more := self._take()):
            self._waiting += more
        return self._waiting

    def _unpack(self) -> Iterator[bytes]:
        head = self._head()
        if self._coding is None or self._coding == RECOGNISED:
            found = packed_as(head)
            self._coding = found if found == "gzip" or self._coding else None
        self.is_packed = bool(head) and self._coding not in {None, AS_IT_IS}
        if not self.is_packed:
            while piece := self._waiting[: self._size] or self._take(self._size):
                self._waiting = self._waiting[len(piece) :]
                yield piece
        else:
            yield from self._inflate()

    def _inflate(self) -> Iterator[bytes]:
        """Member by member: those of gzip (RFC 1952, 2.2) and others may follow each other; else it is padding."""
        coding = self._coding or ""
        unpacker, members = self._unpacker(), 1
        while True:
            is_asking = unpacker.needs_input
            packed = self._waiting or (self._take() if is_asking else b"")
            try:
                piece: bytes = unpacker.decompress(packed, self._size)
            except _DAMAGED as error:
                self.damage = f"{coding} data is damaged: {error}"
                return
            except SystemError:  # zlib_ng's word for a stream that asks for a dictionary (RFC 1950, 2.2)
                self.damage = f"{coding} data is damaged: it asks for a dictionary"
                return
            self._waiting = unpacker.unused_data
            if piece:
                yield piece
            if unpacker.eof:
                magic = _MAGIC.get(coding.removeprefix("x-"))
                if self._is_one_member or magic is None or not magic.match(self._head()):
                    return
                if members >= MAX_SMALL_MEMBERS + self.unpacked // SMALL_MEMBER:
                    self.damage = f"{members:,} {coding} members hold next to nothing"
                    return
                unpacker, members = self._unpacker(), members + 1
            elif is_asking and not packed and not piece:
                self.is_cut, self.damage = True, f"{coding} data is cut short"
                return

    def _unpacker(self) -> Any:
        """What takes packed bytes, and gives at most so many unpacked ones, as the standard library's do."""
        if self._coding == "br":
            return _Brotli()
        if self._coding == "bzip2":
            return bz2.BZ2Decompressor()
        if self._coding == "xz":
            return lzma.LZMADecompressor(memlimit=XZ_MEMORY)
        if self._coding == "zstd":
            # A dictionary that does not fit, or is none, shows when the first frame is unpacked.
            known = zstd.ZstdDict(self._dictionary) if self._dictionary else None
            limits = {int(zstd.DecompressionParameter.window_log_max): self._window_log}
            return zstd.ZstdDecompressor(known, limits)
        if self._coding != "deflate":
            return _ZLIB(GZIP_WINDOW)
        # RFC 9110, 8.4.1.2 wants zlib's wrapper; some servers leave it out. RFC 1950, 2.2 tells them apart.
        head = self._head()
        wrapped = len(head) > 1 and head[0] & 0x0F == zlib_ng.DEFLATED and int.from_bytes(head[:2], "big") % 31 == 0
        return _ZLIB(ZLIB_WINDOW if wrapped else RAW_WINDOW)


class _Brotli:
    unused_data = b""  # nothing follows the only stream

    def __init__(self) -> None:
        self._unpacker = brotli.Decompressor()
        self._ready = b""

    @property
    def needs_input(self) -> bool:
        return not self._ready and self._unpacker.can_accept_more_data()

    @property
    def eof(self) -> bool:
        return not self._ready and self._unpacker.is_finished()

    def decompress(self, packed: bytes, size: int) -> bytes:
        # It gives whole blocks, up to 32 KiB more than the limit.
        ready = self._ready or self._unpacker.process(packed, output_buffer_limit=size)
        self._ready = ready[size:]
        return ready[:size]


def inflate(packed: bytes, coding: str | None, max_bytes: int) -> tuple[bytes, Inflater]:
    """Unpack bytes; of more than `max_bytes` one byte more than that. The inflater says what was wrong."""
    inflater = Inflater(BytesIO(packed).read, coding)
    return inflater.read_up_to(max_bytes), inflater


def content_codings(header: str) -> list[str]:
    """The codings that a `Content-Encoding` names, in the order in which they were applied (RFC 9110, 8.4)."""
    names = [name.strip().lower() for name in header.split(",")]
    return [name for name in names if name not in NO_CODINGS]


def dictionary_of(stream: BinaryIO) -> bytes | None:
    """The dictionary in the first frame of a zstd file; None if there is none."""
    stream.seek(0)
    head = stream.read(8)
    if len(head) < struct.calcsize("<II") or struct.unpack("<I", head[:4])[0] != DICTIONARY_FRAME:
        return None
    content = stream.read(min(struct.unpack("<I", head[4:])[0], MAX_DICTIONARY_BYTES))
    if not content.startswith(DICTIONARY_MAGIC):
        content = inflate(content, "zstd", MAX_DICTIONARY_BYTES)[0]
    return content if content.startswith(DICTIONARY_MAGIC) else None

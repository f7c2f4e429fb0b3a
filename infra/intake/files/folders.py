"""Zip and tar files as folders: their members one by one, each opened when its turn comes, none by its name."""

import stat
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, cast

from typing_extensions import override

from infra.intake.files.page_bytes import MAX_RATIO, SMALL_BYTES, Unpacked

if sys.version_info >= (3, 14):
    import zipfile
else:
    from backports.zstd import zipfile  # the standard library's, with zstd members

# What zipfile and tarfile raise on damaged or unsupported archives; RuntimeError is zipfile's word for encryption.
ERRORS: Final = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
)  # fmt: skip
ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")  # the latter is an empty zip
UNSET: Final = datetime(1980, 1, 2, tzinfo=UTC)  # zip's first day stands for no time, as does 1970 in tar


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; `open` counts until the next member is asked for."""

    path: str  # with slashes; empty for a fault of the archive itself
    size: int = 0
    modified_at: datetime | None = None  # None if it is not known; zip's times have no zone
    fault: str | None = None  # why it is not even opened
    open: Callable[[], IO[bytes]] = BytesIO


def is_zip(stream: BinaryIO, name: str) -> bool:
    """Whether a file that begins like a zip is one, or is meant to be."""
    found = name.lower().endswith((".zip", ".wacz")) or zipfile.is_zipfile(stream)
    stream.seek(0)
    return found


def is_tar(head: bytes) -> bool:
    """Whether a file begins with a header of tar, whose checksum is right."""
    try:
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], tarfile.ENCODING, "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def zip_members(stream: BinaryIO, packed_bytes: int) -> Iterator[Member]:
    """The members of a zip; nothing of a bomb."""
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except ERRORS as error:
        yield Member("", fault=f"zip file is damaged: {error}")
        return
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        total = sum(member.file_size for member in members)
        if _is_bomb(total, packed_bytes):
            yield Member("", fault=f"zip bomb: {packed_bytes:,} bytes claim to be {total:,}")
            return
        for member in members:
            path = member.filename.replace("\\", "/")
            at: datetime | None = None
            with suppress(ValueError):  # a month 0
                at = datetime(*member.date_time, tzinfo=UTC)
            fault = _leads_out(path) or _zip_fault(member)
            yield Member(path, member.file_size, _set(at), fault, partial(archive.open, member))


def _zip_fault(member: zipfile.ZipInfo) -> str | None:
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link"
    if member.flag_bits & 1:
        return "it is encrypted"
    if _is_bomb(member.file_size, member.compress_size):
        return f"zip bomb: {member.compress_size:,} bytes claim to be {member.file_size:,}"
    return None


def tar_members(stream: BinaryIO, packed_bytes: int) -> Iterator[Member]:
    """The members of a tar, packed or not, in one pass; after damage from the next header on."""
    damaged: list[str] = []

    class Header(tarfile.TarInfo):
        """Tells of headers that tarfile passes over without a word."""

        @classmethod
        @override
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "Header":
            try:
                return super().frombuf(buf, encoding, errors)
            except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
                damaged.append(str(error))
                raise

    unpacked, total = Unpacked(stream), 0
    try:
        with tarfile.open(fileobj=unpacked, mode="r|", tarinfo=Header, ignore_zeros=True) as archive:
            for member in archive:
                if damaged:
                    yield Member("", fault=f"tar is damaged before {member.name}: {damaged[0]}")
                    damaged.clear()
                total += member.size
                if _is_bomb(total, packed_bytes):
                    yield Member("", fault=f"tar bomb: {packed_bytes:,} bytes claim to be {total:,} and more")
                    return
                if member.isdir():
                    continue
                at: datetime | None = None
                with suppress(ValueError, OverflowError, OSError):  # a year beyond 9999
                    at = datetime.fromtimestamp(member.mtime, UTC)
                fault = _leads_out(member.name) or (None if member.isfile() else "it is a link or a device")
                content = cast("Callable[[], IO[bytes]]", partial(archive.extractfile, member))
                yield Member(member.name.removeprefix("./"), member.size, _set(at), fault, content)
    except ERRORS as error:
        damaged.append(str(error))
    if unpacked.problem or damaged:
        yield Member("", fault=unpacked.problem.detail if unpacked.problem else f"tar is damaged: {damaged[0]}")


def _leads_out(path: str) -> str | None:
    if PurePosixPath(path).is_absolute() or ".." in path.split("/") or path[1:2] == ":":
        return "its path leads out of the archive"
    return None


def _is_bomb(size: int, packed_bytes: int) -> bool:
    return size > max(SMALL_BYTES, MAX_RATIO * packed_bytes)


def _set(at: datetime | None) -> datetime | None:
    return at if at and at >= UNSET else None

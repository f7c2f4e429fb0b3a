"""Everything that can be ingested, as a stream of captures: files, folders, zips, WARC, WET, ARC, S3 objects.

Each page gives exactly one `Capture` or one `Unreadable` with its reason; anything else is counted as skipped.
Content decides what a file is; names are hints.
"""

import re
import shutil
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, Final, cast

from infra.base.errors import NewslakeError
from infra.intake.archives.archived_pages import read_archive
from infra.intake.files.find_inputs import S3, find_inputs, is_capture_name
from infra.intake.files.input_types import Input, Skipped, Unreadable, damaged, page_of
from infra.intake.files.manifests import MANIFEST_NAMES, ManifestLine, parse_manifest
from infra.intake.files.page_bytes import beginning, read_page
from infra.store.open_store import open_store
from parsers.page.content import ZIP_MAGIC, Problem, media_type_of, saved_from
from parsers.parse import MAX_BYTES
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import RejectReason

__all__ = ["Input", "Unreadable", "find_inputs", "read_captures"]

SPOOL_BYTES: Final = 16 << 20  # in memory up to here, then in a temporary file: a page always, an archive seldom
RANGE_BYTES: Final = 8 << 20  # of an S3 object at once; larger is not faster
# HTML deflates to a third, a list of links to a fiftieth; beyond this it is a bomb (deflate itself ends at 1,032).
MAX_ZIP_RATIO: Final = 200
SMALL_BYTES: Final = 1 << 20  # this much is harmless at any ratio

# What zipfile raises on damaged or unsupported archives; RuntimeError is its word for encryption.
ZIP_ERRORS: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)

ARCHIVE_MAGIC: Final = re.compile(rb"WARC/[01]\.\d|filedesc:")
ARCHIVE_NAME: Final = re.compile(r"\.(?:warc|wet|arc)(?:\.gz)?$", re.IGNORECASE)
HTML_NAME: Final = re.compile(r"\.(?:x|s|d)?html?(?:\.gz)?$", re.IGNORECASE)


def read_captures(
    source: Input, *, max_page_bytes: int = MAX_BYTES, skipped: Counter[str] | None = None
) -> Iterator[Capture | Unreadable]:
    """Read all pages of one input, in its order; `skipped` counts what is no page, by kind.

    Larger pages than `max_page_bytes` are unreadable, and no more is inflated and kept of one.
    """
    with _opened(source) as stream:
        for one in _read(stream, source, max_page_bytes):
            if not isinstance(one, Skipped):
                yield one
            elif skipped is not None:
                skipped[one.kind] += 1


@contextmanager
def _opened(source: Input) -> Iterator[BinaryIO]:
    if not source.location.startswith(S3):
        try:
            stream = Path(source.location).open("rb")  # noqa: SIM115 - only failing to open is reported here
        except OSError as error:
            what = f"{source.location} cannot be read: {error.strerror}"
            raise NewslakeError(what, "Put it back or change its permissions, then run this again.") from error
        with stream:
            yield stream
        return
    bucket, _, key = source.location.removeprefix(S3).partition("/")
    store = open_store(S3 + bucket)
    with SpooledTemporaryFile(SPOOL_BYTES) as spool:
        for offset in range(0, source.size, RANGE_BYTES):
            spool.write(store.get_range(key, offset, min(RANGE_BYTES, source.size - offset)))
        spool.seek(0)
        yield cast("BinaryIO", spool)


def _read(stream: BinaryIO, known: Input, max_page_bytes: int) -> Iterator[Capture | Unreadable | Skipped]:
    head = beginning(stream)
    if head.startswith(ZIP_MAGIC) and known.location.lower().endswith(".zip"):
        yield from _read_zip(stream, known, max_page_bytes)
    elif ARCHIVE_MAGIC.match(head) or (
        known.size and ARCHIVE_NAME.search(known.location) and media_type_of(head) is not MediaType.HTML
    ):
        yield from read_archive(stream, known, max_page_bytes)
    else:
        yield _read_page(stream, known, max_page_bytes)


def _read_page(stream: BinaryIO, known: Input, max_page_bytes: int) -> Capture | Unreadable:
    page = read_page(stream, max_page_bytes)
    media_type = media_type_of(page.body, says_html=HTML_NAME.search(known.location) is not None)
    known = replace(known, url=known.url or saved_from(page.body))
    return page_of(known, page.body, media_type, page.problem)


def _read_zip(stream: BinaryIO, known: Input, max_page_bytes: int) -> Iterator[Capture | Unreadable | Skipped]:
    """Each member as if it were a file in a folder; nothing is ever unpacked by its name."""
    try:
        archive = zipfile.ZipFile(stream)
    except ZIP_ERRORS as error:
        stream.seek(0)
        yield damaged(known, f"zip file is damaged: {error}", stream.read(max_page_bytes))
        return
    with archive:
        total = sum(member.file_size for member in archive.infolist())
        if total > max(SMALL_BYTES, MAX_ZIP_RATIO * known.size):
            yield damaged(known, f"zip bomb: {known.size:,} bytes claim to be {total:,}", b"")
            return
        lines = _zip_manifest(archive, known)
        for member in archive.infolist():
            if member.is_dir() or not is_capture_name(member.filename):
                yield Skipped("no capture")
                continue
            of_member = _known_of_member(member, known, lines.get(str(PurePosixPath(member.filename))))
            yield from _read_member(archive, member, of_member, max_page_bytes)


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, known: Input, max_page_bytes: int
) -> Iterator[Capture | Unreadable | Skipped]:
    if fault := _fault_of(member):
        yield damaged(known, fault, b"")
        return
    with SpooledTemporaryFile(SPOOL_BYTES) as spool:
        try:
            with archive.open(member) as content:
                shutil.copyfileobj(content, cast("IO[bytes]", spool))
        except ZIP_ERRORS as error:
            spool.seek(0)
            yield damaged(known, f"zip member is damaged: {error}", spool.read(max_page_bytes))
            return
        spool.seek(0)
        unpacked = cast("BinaryIO", spool)
        if beginning(unpacked).startswith(ZIP_MAGIC):
            problem = Problem(RejectReason.NOT_HTML, "zip inside a zip")
            yield page_of(known, unpacked.read(max_page_bytes), MediaType.HTML, problem)
        else:
            yield from _read(unpacked, known, max_page_bytes)


def _fault_of(member: zipfile.ZipInfo) -> str | None:
    """Why a member is not even opened."""
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or re.match(r"[A-Za-z]:", member.filename):
        return "its path leads out of the zip"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link"
    if member.flag_bits & 1:
        return "it is encrypted"
    if member.file_size > max(SMALL_BYTES, MAX_ZIP_RATIO * member.compress_size):
        return f"zip bomb: {member.compress_size:,} bytes claim to be {member.file_size:,}"
    return None


def _known_of_member(member: zipfile.ZipInfo, archive: Input, line: ManifestLine | None) -> Input:
    """What is known of a member: from the zip's own manifest, else from what is known of the zip."""
    known = replace(archive, location=f"{archive.location}!{member.filename}", size=member.file_size)
    if archive.captured_at_basis is CapturedAtBasis.MTIME:
        # The member's own time survives copying the zip: a second ingest finds the same capture. It has no zone.
        with suppress(ValueError):
            known = replace(known, captured_at=datetime(*member.date_time, tzinfo=UTC))
    return line.said_of(known) if line else known


def _zip_manifest(archive: zipfile.ZipFile, known: Input) -> Mapping[str, ManifestLine]:
    """The lines of all manifests in a zip, by member name."""
    lines: dict[str, ManifestLine] = {}
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if path.name in MANIFEST_NAMES and _fault_of(member) is None:
            place = f"{known.location}!{path}"
            try:
                content = archive.read(member)
            except ZIP_ERRORS as error:
                raise NewslakeError(f"{place} cannot be read: {error}", "Make the zip again.") from error
            for file, line in parse_manifest(content, place).items():
                lines.setdefault(str(path.parent / file), line)
    return lines

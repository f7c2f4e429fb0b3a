"""Everything that can be ingested, as a stream of captures: one `Page` a page; all else is counted as skipped."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from infra.archive.archive_records import Bounds, Part, has_members
from infra.base.days import is_within
from infra.base.errors import NewslakeError, UsageError
from infra.base.inflate import CHUNK_BYTES
from infra.intake.archived_pages import HTTP_HEAD, Unwanted, read_archive, read_saved_answers
from infra.intake.cc_news import open_part
from infra.intake.files.find_inputs import find_inputs
from infra.intake.files.folders import ERRORS, ZIP_STARTS, Member, is_tar, is_zip, tar_members, zip_members
from infra.intake.files.input_types import Input, Page, Skipped, damaged, page_of
from infra.intake.files.manifests import INDEX_NAMES, MAX_INDEX_BYTES, ManifestLine, parse_index, parse_manifest
from infra.intake.files.mhtml import is_mhtml, read_mhtml
from infra.intake.files.page_bytes import SPOOL_BYTES, Unpacked, beginning, kind_of_no_page, read_page, spooled
from infra.intake.files.s3_objects import S3, ColdObjectError, open_object
from infra.intake.files.stated import FRAME, MANIFEST_NAMES, is_hidden, is_page_name
from infra.intake.files.tables import read_table, table_format
from parsers.fields.urls import host_of, on_hosts
from parsers.page.content import Problem, is_html_document, media_type_of
from parsers.parse import MAX_BYTES
from parsers.record.capture import CapturedAtBasis, MediaType
from parsers.record.outcome import RejectReason

__all__ = ["ALL", "Bounds", "Part", "Stretch", "Wanted", "find_inputs", "parts_of", "read_captures"]

Read = Page | Skipped | Bounds

ARCHIVE_MAGIC: Final = re.compile(rb"WARC/[01]\.\d|filedesc:")
ARCHIVE_NAME: Final = re.compile(r"\.(?:warc|wet|arc)(?:\.(?:gz|zst))?$", re.IGNORECASE)
HTML_NAME: Final = re.compile(r"\.(?:x|s|d)?html?(?:\.(?:gz|bz2|xz|zst))?$", re.IGNORECASE)
SELF_EXTRACTING: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype[^>]{0,200}>\s*)?<html[^>]{0,999} data-sfz\b", re.I
)
# Forms that are read with seeking. Packed, they are unpacked as a whole; of archives the readers do that.
SEEKING: Final = frozenset({"zip", "parquet", "arrow", "self-extracting", "archive"})
READ_PACKED: Final = (["gzip"], ["zstd"])
# A part is some 20 to 60 pages, 0.2 s of parsing: longer ones are read twice where a page of them kills its worker, and
# of shorter ones the message would cost as much.
PART_BYTES: Final = 1 << 20
FIRST_BYTES: Final = 16 << 20  # of the first record of a file in place, which may be a film; unpacked twice
TAKEN: Final = "Name HTML or text, tables of pages, MHTML, WARC, WACZ, zip or tar, or save it as one of these."
MAX_DEPTH: Final = 2  # a WACZ in a zip is somebody's export; what is packed deeper is a bomb


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pages of the inputs are taken: all unless something is said."""

    hosts: tuple[str, ...] = ()  # and those below them
    start: date | None = None  # first UTC day of capture
    end: date | None = None  # the day after the last

    def __post_init__(self) -> None:
        for host in self.hosts:
            if host_of(f"https://{host}/") != host:
                raise UsageError(f"{host!r} is no host", "Write it like apnews.com: in lower case, without https://.")
        if self.start and self.end and self.start >= self.end:
            raise UsageError(f"no day lies between {self.start} and {self.end}", "--end is the day after the last.")

    def why_not(self, url: str | None, captured_at: datetime) -> str | None:
        """The kind that a page is skipped as; one without an address may be of any host."""
        if self.hosts and url and not on_hosts(host_of(url), self.hosts):
            return "other host"
        return None if is_within(captured_at.date().isoformat(), self.start, self.end) else "other day"


ALL = Wanted()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some inputs, or a part of one. Plain data, whose pages are read where it is iterated over."""

    inputs: tuple[Input, ...]
    max_page_bytes: int
    wanted: Wanted = ALL
    part: Part | None = None

    def __iter__(self) -> Iterator[Read]:
        """Read what is wanted, in order; what could not be read whole is not to be parsed."""
        unwanted = None if self.wanted == ALL else self.wanted.why_not
        for each in self.inputs:
            for one in read_captures(each, max_page_bytes=self.max_page_bytes, unwanted=unwanted, part=self.part):
                kind = isinstance(one, Page) and self.wanted.why_not(one.capture.url, one.capture.captured_at)
                yield Skipped(kind) if kind else one


def read_captures(
    source: Input, *, max_page_bytes: int = MAX_BYTES, unwanted: Unwanted | None = None, part: Part | None = None
) -> Iterator[Read]:
    """Read all of one input, or one of `parts_of` it and then its bounds, in order: its pages, and what of it is none.

    Records of archives that are `unwanted` are skipped by their fields, as the kind that it gives.
    """
    if kind := _never_opened(source.inside):
        yield Skipped(kind)
        return
    if source.inside and not (source.part or source.location.startswith(S3) or Path(source.location).is_file()):
        yield Skipped("no regular file", f"{source.location} is a pipe, a device or a broken link: it is left out.")
        return
    try:
        with _opened(source, part) as stream:
            if part:
                yield from read_archive(stream, source, max_page_bytes, unwanted, part)
            elif source.part:
                found = read_archive(stream, source, max_page_bytes, unwanted, Part(source.part.start, source.part.end))
                yield from (one for one in found if not isinstance(one, Bounds))
            else:
                yield from _read(stream, source, max_page_bytes, 0, unwanted)
    except ColdObjectError as error:
        yield Skipped("in cold storage", str(error))


def parts_of(source: Input) -> Iterator[Part]:
    """The parts of a large file of gzip members, or one in place, to be read apart; none of another file."""
    if (source.size <= PART_BYTES and not source.in_place) or source.part or _never_opened(source.inside):
        return
    try:
        with _opened(source) as stream:
            head, codings = beginning(stream)
            is_packed = _form(head, codings, stream, source) == "archive" and codings == ["gzip"]
            most = FIRST_BYTES if source.in_place else PART_BYTES
            is_divisible = is_packed and (source.size <= PART_BYTES or has_members(stream, most))
    except ColdObjectError:
        return  # reading it says so
    for start in range(0, source.size if is_divisible else 0, PART_BYTES):
        end = min(start + PART_BYTES, source.size)
        if source.begin < end:
            yield Part(source.begin, end, is_exact=True) if start < source.begin else Part(start, end)


def _opened(source: Input, part: Part | None = None) -> AbstractContextManager[BinaryIO]:
    if source.part:
        return open_part(source.location, source.part)
    if source.location.startswith(S3):
        return open_object(source.location, source.size, part.end if part else None)
    try:
        return Path(source.location).open("rb")
    except OSError as error:
        what = f"{source.location} cannot be read: {error.strerror}"
        raise NewslakeError(what, "Put it back or change its permissions, then run this again.") from error


def _never_opened(inside: str) -> str | None:
    """Why a file that was found in a folder does not matter, whatever it holds."""
    if is_hidden(inside):
        return "hidden"
    if inside.endswith("/"):
        return "folder"
    if FRAME.search(inside):
        return "part of a saved page"
    return "manifest" if PurePosixPath(inside).name in MANIFEST_NAMES else None


def _read(
    stream: BinaryIO, known: Input, max_page_bytes: int, depth: int, unwanted: Unwanted | None = None
) -> Iterator[Read]:
    head, codings = beginning(stream)
    form = _form(head, codings, stream, known)
    if codings and form in SEEKING and not (form == "archive" and codings in READ_PACKED):
        with spooled(stream, known.size) as (content, problem):
            if content.read(1):
                yield from _read(content, known, max_page_bytes, depth, unwanted)
        if problem:
            yield damaged(known, problem.detail, b"")
    elif form in {"tar", "zip"}:
        members = tar_members if form == "tar" else zip_members
        yield from _read_folder(lambda: members(stream, known.size), known, max_page_bytes, depth)
    elif form == "archive":
        yield from read_archive(stream, known, max_page_bytes, unwanted)
    elif form in {"parquet", "arrow"}:
        yield from read_table(form, stream, known, max_page_bytes)
    elif form == "page":
        yield _read_page(stream, known, max_page_bytes)
    elif form == "other":
        yield Skipped(f"{PurePosixPath(known.inside).suffix.lower() or 'other'} file")
    else:
        yield from _read_in_one_go(form, stream, known, max_page_bytes, depth)


def _form(head: bytes, codings: list[str], stream: BinaryIO, known: Input) -> str:
    if is_tar(head):
        return "tar"
    if head.startswith(ZIP_STARTS) and (codings or is_zip(stream, known.location)):
        return "zip"
    if SELF_EXTRACTING.match(head) and (codings or is_zip(stream, "")):
        return "self-extracting"
    named_archive = known.size and ARCHIVE_NAME.search(known.location) and media_type_of(head) is not MediaType.HTML
    if ARCHIVE_MAGIC.match(head.lstrip(b"\xef\xbb\xbf\r\n")) or named_archive:
        return "archive"
    mail = "mhtml" if is_mhtml(head) else "answer" if HTTP_HEAD.match(head) else None
    if form := mail or table_format(head, known):
        return form
    is_page = not known.inside or is_page_name(known.inside) or is_html_document(head)
    return "page" if is_page else "other"


def _read_in_one_go(form: str, stream: BinaryIO, known: Input, max_page_bytes: int, depth: int) -> Iterator[Read]:
    if form == "self-extracting":
        yield from _read_self_extracting(stream, known, max_page_bytes, depth)
        return
    if form == "answer":
        for found in read_saved_answers(stream, known, max_page_bytes):
            if isinstance(found, Skipped) and not known.inside:
                yield replace(found, advice=f"{known.location} holds no page. {TAKEN}")
            else:
                yield found
        return
    unpacked = Unpacked(stream)
    reader = cast("BinaryIO", io.BufferedReader(unpacked))
    if form == "mhtml":
        yield from read_mhtml(reader, known, max_page_bytes)
    else:
        yield from read_table(form, reader, known, max_page_bytes)
    if unpacked.problem:
        yield damaged(known, unpacked.problem.detail, b"")


def _read_page(stream: BinaryIO, known: Input, max_page_bytes: int) -> Page | Skipped:
    page = read_page(stream, max_page_bytes)
    if page.problem is None and (told := kind_of_no_page(page.body)):
        if known.inside:
            return Skipped(told[0])
        page = replace(page, problem=Problem(RejectReason.NOT_HTML, f"{told[0]}: {told[1]}"))
    media_type = media_type_of(page.body, says_html=HTML_NAME.search(known.location) is not None)
    if media_type is MediaType.HTML:
        known = known.with_statements(page.body)
    found = page_of(known, page.body, media_type, page.problem)
    if page.problem and page.problem.reason is RejectReason.NOT_HTML and not known.inside:
        return found._replace(advice=f"{known.location} is no page ({page.problem.detail}). {TAKEN}")
    return found


def _read_self_extracting(stream: BinaryIO, known: Input, max_page_bytes: int, depth: int) -> Iterator[Read]:
    """The page in a zip that a browser opens as a page; what is around it says from where, and when."""
    if depth == MAX_DEPTH:
        yield _too_deep(known)
        return
    known = known.with_statements(beginning(stream)[0])
    is_whole = False
    for member in zip_members(stream, known.size):
        is_page = member.path == "index.html"
        is_whole |= is_page
        if is_page or member.fault:
            inside = f"{known.location}!{member.path}" if member.path else known.location
            yield from _read_member(member, replace(known, location=inside, size=member.size), max_page_bytes, depth)
        else:
            yield Skipped("part of a saved page")
    if not is_whole:
        yield damaged(known, "no page is in it", b"")


def _too_deep(known: Input) -> Page:
    problem = Problem(RejectReason.NOT_HTML, f"{MAX_DEPTH} archives around an archive")
    return page_of(known, b"", MediaType.HTML, problem)


def _read_folder(
    members: Callable[[], Iterator[Member]], known: Input, max_page_bytes: int, depth: int
) -> Iterator[Read]:
    """Each member of an archive as if it were a file in a folder; nothing is ever unpacked by its name."""
    if depth == MAX_DEPTH:
        yield _too_deep(known)
        return
    try:
        lines = _manifest_of(members(), known.location)
    except NewslakeError as error:  # what it says of the pages matters; other inputs go on
        yield damaged(known, str(error), b"")._replace(advice=str(error))
        return
    member: Member | None = None
    pages = 0
    for member in members():
        if kind := _never_opened(member.path):
            yield Skipped(kind)
        else:
            location = f"{known.location}!{member.path}" if member.path else known.location
            found = replace(known, location=location, size=member.size, inside=member.path, url=None)
            if known.captured_at_basis is CapturedAtBasis.MTIME and member.modified_at:
                # The member's own time survives copying the archive: a second ingest finds the same capture.
                found = replace(found, captured_at=member.modified_at)
            if line := lines.get(str(PurePosixPath(member.path))):  # of the archive's own manifest
                found = line.said_of(found)
            for one in _read_member(member, found, max_page_bytes, depth):
                pages += isinstance(one, Page)
                yield one
    if member is None or not (pages or known.inside):
        kind = f"archive without {'pages' if member else 'files'}"
        remedy = f" {TAKEN}" if member else ""
        yield Skipped(kind, "" if known.inside else f"{known.location} is an {kind}.{remedy}")


def _read_member(member: Member, known: Input, max_page_bytes: int, depth: int) -> Iterator[Read]:
    if member.fault:
        yield damaged(known, member.fault, b"")
        return
    with SpooledTemporaryFile(SPOOL_BYTES) as spool:
        try:
            for piece in _pieces(member):
                spool.write(piece)
        except _DamagedMemberError as error:
            spool.seek(0)
            yield damaged(known, f"member is damaged: {error}", spool.read(max_page_bytes))
            return
        spool.seek(0)
        yield from _read(cast("BinaryIO", spool), known, max_page_bytes, depth + 1)


class _DamagedMemberError(Exception):
    pass


def _pieces(member: Member) -> Iterator[bytes]:
    try:
        with member.open() as content:
            while piece := content.read(CHUNK_BYTES):
                yield piece
    except ERRORS as error:
        raise _DamagedMemberError(error) from error


def _manifest_of(members: Iterator[Member], location: str) -> Mapping[str, ManifestLine]:
    lines: dict[str, ManifestLine] = {}
    indexed: dict[str, ManifestLine] = {}
    for member in members:
        path = PurePosixPath(member.path)
        is_index = path.name in INDEX_NAMES and member.size <= MAX_INDEX_BYTES
        if member.fault or not (is_index or path.name in MANIFEST_NAMES):
            continue
        place = f"{location}!{member.path}"
        try:
            content = b"".join(_pieces(member))
        except _DamagedMemberError as error:
            if is_index:
                continue  # reading it says so
            raise NewslakeError(f"{place} cannot be read: {error}", "Make the archive again.") from error
        found = parse_index(content, place) if is_index else parse_manifest(content, place)
        for file, line in found.items():
            (indexed if is_index else lines).setdefault(str(path.parent / file), line)
    return indexed | lines

"""What can be ingested and what becomes of it: inputs, pages, what was skipped."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from infra.archive.warc import Member
from infra.base.known_sources import source_name_of
from infra.intake.files.stated import of_web_archive, stated, without_controls
from parsers.page.content import Problem
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Rejected, RejectReason

# These state a time on purpose, so it wins over the one in an address of the Wayback Machine.
STATED_BY_USER: Final = frozenset({CapturedAtBasis.OPTION, CapturedAtBasis.MANIFEST})
CUT_SHORT: Final = frozenset({RejectReason.TOO_LARGE, RejectReason.TRUNCATED, RejectReason.ARCHIVE_DAMAGED})


@dataclass(frozen=True, slots=True)
class RemotePart:
    """A stretch of a file at a web server; what begins in it is read."""

    start: int
    end: int
    file_bytes: int
    etag: str  # of the version that was seen; empty if the server gives none


@dataclass(frozen=True, slots=True)
class Input:
    """One file, archive or object to read captures from. Plain data: goes to worker processes as it is."""

    location: str  # path, `s3://bucket/key`, or the address of an archive that is read in parts
    size: int  # bytes as stored
    captured_at: datetime  # of its bytes, by outside knowledge; records of an archive know better
    captured_at_basis: CapturedAtBasis
    url: str | None = None  # of a single page, where a manifest says it
    source: str | None = None  # where the user or a manifest says it
    inside: str = ""  # its path in the folder, bucket or archive that the user named; empty if this very file was named
    columns: tuple[tuple[str, str], ...] = ()  # of a table of pages: what a column holds, and its name
    part: RemotePart | None = None  # of an archive that is too large for one task: the part that this is
    in_place: bool = False  # records of a WARC stay where they are, where they can
    begin: int = 0  # of an archive that is read in parts: a record begins there, and all before has landed

    def saying(self, url: str | None, at: datetime | None) -> "Input":
        """With address and time that it says itself; what is known from outside wins."""
        known = replace(self, url=self.url or url)
        if at is None or self.captured_at_basis is not CapturedAtBasis.MTIME:
            return known
        return replace(known, captured_at=at, captured_at_basis=CapturedAtBasis.SAVED)

    def with_statements(self, body: bytes) -> "Input":
        """With what its page or its folders say."""
        return self.saying(*stated(body, self.location))


class Page(NamedTuple):
    """A capture that is to be parsed, and archived unless it is. What cannot be read is quarantined all the same."""

    capture: Capture  # its body is what could be read, at most the largest page size
    known: Rejected | None = None  # its outcome, where that is known without parsing it
    member: Member | None = None  # the gzip member it came in, where the archive may keep that
    advice: str = ""  # what the user can do about a page that is none
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not a page at all: a request record, an image, a README. Counted, not quarantined."""

    kind: str
    advice: str = ""  # what the user can do about it, naming the input, where there is something


def page_of(
    known: Input, body: bytes, media_type: MediaType, problem: Problem | None, *, truncated: bool = False, **http: Any
) -> Page:
    """A page with what is known of its input, and as `http` of its answer; not to be parsed if there is a problem."""
    if known.url and (archived := of_web_archive(known.url)):  # then the page is the one that was archived
        url, at = archived
        known = replace(known, url=url)
        if at and known.captured_at_basis not in STATED_BY_USER:
            known = replace(known, captured_at=at, captured_at_basis=CapturedAtBasis.SAVED)
    if known.url:
        known = replace(known, url=without_controls(known.url))
    capture = Capture(
        body=body,
        media_type=media_type,
        captured_at=known.captured_at,
        captured_at_basis=known.captured_at_basis,
        url=known.url,
        source=known.source,
        truncated=truncated or (problem is not None and problem.reason in CUT_SHORT),
        **http,
    )
    if problem is None:
        return Page(capture)
    # The offset of its record (`@123`), the member (`!a/b.html`) or the row (`#12`) stand behind the location.
    return Page(capture, Rejected(problem.reason, f"{problem.detail} ({known.location})", source_name_of(capture)))


def damaged(known: Input, detail: str, body: bytes) -> Page:
    """What is left of a damaged input."""
    return page_of(known, body, MediaType.HTML, Problem(RejectReason.ARCHIVE_DAMAGED, detail))

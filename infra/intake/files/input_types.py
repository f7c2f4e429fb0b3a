"""What can be ingested and what becomes of it: inputs, captures, what could not be read, what was skipped."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from parsers.page.content import Problem
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import RejectReason

CUT_SHORT: Final = frozenset({RejectReason.TOO_LARGE, RejectReason.TRUNCATED, RejectReason.ARCHIVE_DAMAGED})


@dataclass(frozen=True, slots=True)
class Input:
    """One file, archive or object to read captures from. Plain data: goes to worker processes as it is.

    Attributes:
        location: path, or `s3://bucket/key`.
        size: bytes as stored.
        captured_at: when its bytes were captured, by outside knowledge; records of an archive know better.
        captured_at_basis: how that is known.
        url: address of a single page, where a manifest says it.
        source: name of the source, where the user or a manifest says it.
    """

    location: str
    size: int
    captured_at: datetime
    captured_at_basis: CapturedAtBasis
    url: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A capture that cannot be parsed. It is archived and quarantined all the same: nothing vanishes.

    Attributes:
        reason: why, from the closed list.
        detail: what exactly, for a person.
        location: the input; with the record's offset (`@123`) or the member's name (`!a/b.html`) inside of it.
        capture: all that is known of it; its body is what could be read, at most the largest page size.
    """

    reason: RejectReason
    detail: str
    location: str
    capture: Capture

    def as_capture(self) -> Capture:
        """What to archive."""
        return self.capture


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not a page at all: a request record, an image, a README. Counted, not quarantined."""

    kind: str


@dataclass(slots=True)
class ReadCount:
    """How many pages an input held, how many of them are unreadable, and what was skipped, by kind."""

    captures: int = 0
    unreadable: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def found(self) -> int:
        """Records and files that were met."""
        return self.captures + self.unreadable + self.skipped.total()

    def add(self, one: Capture | Unreadable | Skipped) -> None:
        """Count one."""
        if isinstance(one, Capture):
            self.captures += 1
        elif isinstance(one, Unreadable):
            self.unreadable += 1
        else:
            self.skipped[one.kind] += 1

    def merge(self, other: "ReadCount") -> None:
        """Add the count of another input."""
        self.captures += other.captures
        self.unreadable += other.unreadable
        self.skipped += other.skipped


def page_of(
    known: Input, body: bytes, media_type: MediaType, problem: Problem | None, *, truncated: bool = False, **http: Any
) -> Capture | Unreadable:
    """A page with what is known of its input, and as `http` of its answer; unreadable if there is a problem."""
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
    return Unreadable(problem.reason, problem.detail, known.location, capture) if problem else capture


def damaged(known: Input, detail: str, body: bytes) -> Capture | Unreadable:
    """What is left of a damaged input."""
    return page_of(known, body, MediaType.HTML, Problem(RejectReason.ARCHIVE_DAMAGED, detail))

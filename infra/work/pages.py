"""Pages on their way to the parsers: at hand, or still in a file that the process which parses them reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from infra.archive.foreign import Member
from infra.base.days import is_within
from infra.base.errors import UsageError
from infra.intake.captures import Bounds, Part, read_captures, read_part
from infra.intake.files.input_types import Input, Kept, Skipped, Unreadable
from parsers.fields.urls import host_of, on_hosts
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Rejected, RejectReason
from parsers.registry import by_host, by_name

TAKEN = "Name HTML or text, tables of pages, MHTML, WARC, WACZ, zip or tar, or save it as one of these."


class Page(NamedTuple):
    """A capture that is to be parsed, and archived unless it is."""

    capture: Capture
    known: Outcome | None = None  # its outcome, where that is known without parsing it
    member: Member | None = None  # the gzip member it came in, where the archive may keep that
    advice: str = ""  # what the user can do about a page that is none
    is_archived: bool = False


Read = Page | Skipped | Bounds


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
        for each in self.inputs:
            unwanted = None if self.wanted == ALL else self.wanted.why_not
            found = (
                read_part(each, self.part, max_page_bytes=self.max_page_bytes, unwanted=unwanted)
                if self.part
                else read_captures(each, max_page_bytes=self.max_page_bytes, unwanted=unwanted)
            )
            for one in found:
                yield one if isinstance(one, Skipped | Bounds) else self._taken(one, each)

    def _taken(self, found: Capture | Unreadable | Kept, source: Input) -> Page | Skipped:
        page, member = (found.page, found.member) if isinstance(found, Kept) else (found, None)
        capture = page if isinstance(page, Capture) else page.capture
        if kind := self.wanted.why_not(capture.url, capture.captured_at):
            return Skipped(kind)
        if isinstance(page, Capture):
            return Page(page, None, member)
        detail = f"{page.detail} ({page.location})"
        is_no_page = page.reason is RejectReason.NOT_HTML and not source.inside and page.location == source.location
        advice = f"{source.location} is no page ({page.detail}). {TAKEN}" if is_no_page else ""
        return Page(capture, Rejected(page.reason, detail, source=source_name_of(capture)), member, advice)


def source_name_of(capture: Capture) -> str | None:
    """The source that a capture names, else that of its host; None where no source is known by it."""
    source = by_name(capture.source) or by_host(host_of(capture.url))
    return source.name if source else None

"""Pages on their way to the parsers: at hand, or still in a file that the process which parses them reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from infra.base.days import is_within
from infra.base.errors import UsageError
from infra.intake.captures import Bounds, Part, read_captures
from infra.intake.files.input_types import Input, Page, Skipped
from parsers.fields.urls import host_of, on_hosts

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
        unwanted = None if self.wanted == ALL else self.wanted.why_not
        for each in self.inputs:
            for one in read_captures(each, max_page_bytes=self.max_page_bytes, unwanted=unwanted, part=self.part):
                kind = isinstance(one, Page) and self.wanted.why_not(one.capture.url, one.capture.captured_at)
                yield Skipped(kind) if kind else one

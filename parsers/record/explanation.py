"""Why a record is what it is: what `parsers.explain` finds and `newslake parse --explain` shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parsers.record.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Story:
    """An article that JSON-LD describes, and why it was taken for the page's own or wasn't."""

    headline: str | None
    address: str | None
    chosen: bool
    why: str


@dataclass(frozen=True, slots=True)
class Rival:
    """What another place of the page says of a field."""

    value: Any
    origin: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A text that readers see and the body lacks."""

    text: str
    place: str  # the elements around it
    inside: bool  # it stands in the element that holds the body; else it is prose elsewhere in the page
    field: str | None = None  # that has it; None: no field has


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of the reading of one page."""

    outcome: Outcome
    stories: tuple[Story, ...] = ()
    container: str = ""  # the elements around the body, outermost first; empty without an article
    # by field, what other places of the page say of it
    rivals: Mapping[str, tuple[Rival, ...]] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

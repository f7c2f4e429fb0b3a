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
    """A text that readers see and the body lacks.

    Attributes:
        place: the elements around it.
        inside: whether it stands in the element that holds the body; else it is prose elsewhere in the page.
        field: that has it; None: no field has.
    """

    text: str
    place: str
    inside: bool
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of the reading of one page.

    Attributes:
        container: the elements around the body, outermost first; empty without an article.
        rivals: field -> what other places of the page say of it.
    """

    outcome: Outcome
    stories: tuple[Story, ...] = ()
    container: str = ""
    rivals: Mapping[str, tuple[Rival, ...]] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

"""An article while it is being read, and where its fields come from, in words for people, which are never stored."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypeVar

from parsers.fields.dates import Stamp
from parsers.fields.words import table
from parsers.record.article import Article, Block, BlockType, Fidelity, Image, Update


@dataclass(slots=True)
class Draft:
    """Fields as in `Article`, any of which may still be missing; `origins` says where each was read."""

    fidelity: Fidelity
    title: str | None = None
    body: list[Block] = field(default_factory=list)
    authors: tuple[str, ...] = ()
    byline: str | None = None
    published: Stamp | None = None
    modified_at: datetime | None = None
    dateline_city: str | None = None
    agency: str | None = None
    original_source: str | None = None
    section: str | None = None
    topics: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    language: str | None = None
    genre: str | None = None
    access: str | None = None
    images: tuple[Image, ...] = ()
    photo_credits: tuple[str, ...] = ()
    related_titles: tuple[str, ...] = ()
    related_urls: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()
    canonical_url: str | None = None
    completeness: float | None = None
    flags: list[str] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)


Value = TypeVar("Value")

BY_LAYOUT: Final = "layout: "
FIGURE_ABOVE: Final = "figure above the text"
BODY_FIGURES: Final = "figures of the body"
BODY_IMAGES: Final = "images in the body"
FIXED: Final[Mapping[str, str]] = table("origins")
# Fields of a draft that layouts fill; an article has the same names, except for the publication time.
_NOT_READ: Final = {"fidelity", "completeness", "flags", "origins"}
_READ: Final = tuple(field.name for field in fields(Draft) if field.name not in _NOT_READ)
_COLUMNS: Final = tuple(field.name for field in fields(Article))
# The values of those fields, for `note_changes`.
values_of: Final[Callable[[Draft], tuple[Any, ...]]] = attrgetter(*_READ)
_PUBLISHED: Final = ("published_at", "published_raw", "published_precision", "published_basis")


def by_layout(field: str | Callable[..., object]) -> str:
    """The origin of a value from a layout's selector or function."""
    if isinstance(field, str):
        return f"{BY_LAYOUT}{field}"
    return f"{BY_LAYOUT}a function" if field.__name__ == "<lambda>" else f"{BY_LAYOUT}function {field.__name__}"


def first_said(draft: Draft, name: str, readings: Iterable[tuple[Value | None, str]]) -> Value | None:
    """The first value of the readings that isn't empty; its origin is noted under `name`."""
    for value, origin in readings:
        if value:
            draft.origins[name] = origin
            return value
    return None


def note_changes(draft: Draft, before: Sequence[Any], function: Callable[..., object]) -> None:
    """Note which fields a source's function has changed; `before` is `values_of` the draft before the call."""
    for name, old, new in zip(_READ, before, values_of(draft), strict=True):
        if new is not old and new != old:
            known = draft.origins.get(name) if old else None
            draft.origins[name] = f"{known}, then {function.__name__}" if known else by_layout(function)


def note_text_layout(draft: Draft, layout: str) -> None:
    """Note what a text layout has filled."""
    for name, value in zip(_READ, values_of(draft), strict=True):
        if value:
            draft.origins[name] = f"text layout {layout}"
    if draft.body and draft.body[0].type is BlockType.LEAD:
        draft.origins["lead"] = draft.origins["body"]


def origins_of(article: Article, noted: Mapping[str, str]) -> dict[str, str]:
    """The origin of every field that has a value, from what was noted for the fields of the draft."""
    published = noted.get("published")
    origins = {**FIXED, **noted, **(dict.fromkeys(_PUBLISHED, published) if published else {})}
    present = ((name, getattr(article, name), origins.get(name)) for name in _COLUMNS)
    return {name: origin for name, value, origin in present if origin and value is not None and value != ()}

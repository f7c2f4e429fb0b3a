"""An article while it is being read, before the rules for every source are applied."""

from dataclasses import dataclass, field
from datetime import datetime

from parsers.fields.dates import Stamp
from parsers.record.article import Block, Fidelity, Image, Update


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

"""What one source file instantiates: a `Source` with its layouts. Mostly data; a function only where a page is odd."""

import re
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from parsers.page.page import Page
from parsers.page.text import TextPage
from parsers.record.draft import Draft
from parsers.source.checks import Checks
from parsers.source.discovery import Discovery
from parsers.source.schedule import Schedule, usual_schedules

# A text of the page: a CSS selector (first match; its `content` or `datetime` attribute if it has one, else its text),
# or a function of the page.
TextField = str | Callable[[Page], str | None]
# Several texts of the page: a CSS selector (all matches), or a function of the page.
ListField = str | Callable[[Page], Sequence[str]]

# Blocks that carry prose on nearly every news site, in any container.
PROSE = "p, h2, h3, h4, h5, h6, ul > li, ol > li, blockquote, pre"
# What stands inside body containers without being body on nearly every news site.
FURNITURE = "script, style, template, noscript, svg, button, iframe, form, nav, footer, aside, figure"


@dataclass(frozen=True, slots=True)
class Layout:
    """One structure that HTML pages of a source have, or had. Recognised by content: `body` (and `when`) must match.

    Every field left at None comes from the shared reading of JSON-LD, OpenGraph and meta elements.

    `body`, `when` and `paywall` are looked for in the whole page; what stands inside the text (`blocks`, `headings`,
    `drop`, `furniture`, `related`) in the body only; all else in the nearest `<article>` or `<main>` around the body,
    and in the whole page only where that holds no match (`Page.select`). In functions, too, `page.select` is faster
    than `page.tree.css`, and finds no authors of other stories.

    Attributes:
        name: when this layout was first seen, e.g. `2023-07`; recorded with each row.
        body: selector of the element or elements that hold the body, outermost only.
        when: selector that must match too, where `body` alone would take pages of another layout.
        blocks: selector of the blocks inside `body`; the type of a block follows from its tag. Empty: the text of the
            container itself, split at line breaks.
        headings: selector of blocks that are headings although their tag says otherwise, or of elements in them that
            hold all of their text (`p > strong`: paragraphs that are bold as a whole).
        lead: selector of the standfirst, inside or outside of `body`.
        drop: selector of what is removed from `body` (and from `lead`) besides `furniture`: adverts, related links.
        furniture: what is removed in any case; override only where a site keeps prose in one of these elements.
        title, byline, published, modified, section, language, genre, access: single texts. The matches of a `byline`
            are its parts and joined by commas; of the others the first that says something counts.
        authors, topics, persons, regions, related: lists of texts. `related` selects links to read next inside the
            text: their texts become `related_titles`, their addresses `related_urls`.
        year_from_capture: the visible date leaves out the year: take it from a trusted capture time.
        figures: selector of the elements with a picture, where they are not the figures inside
            `body`. One that has only a caption, since scripts load its picture, belongs to the leading picture.
        caption: selector of the caption inside such an element, or of the element itself.
        credit: selector of the credit inside such an element; or a pattern that finds it in the caption, as group 1.
            What it matches is no part of the caption then, nor are words such as `Photo:` and `©` of the credit.
        paywall: selector of what a page shows instead of the rest of its text to those who have not paid.
        refine: last word on the draft, for what no selector can say.
    """

    name: str
    _: KW_ONLY
    body: str
    when: str | None = None
    blocks: str = PROSE
    headings: str | None = None
    lead: str | None = None
    drop: str | None = None
    furniture: str = FURNITURE
    title: TextField | None = None
    byline: TextField | None = None
    published: TextField | None = None
    modified: TextField | None = None
    section: TextField | None = None
    language: TextField | None = None
    genre: TextField | None = None
    access: TextField | None = None
    authors: ListField | None = None
    topics: ListField | None = None
    persons: ListField | None = None
    regions: ListField | None = None
    related: str | None = None
    year_from_capture: bool = False
    figures: str | None = None
    caption: str = "figcaption"
    credit: str | re.Pattern[str] | None = None
    paywall: str | None = None
    refine: Callable[[Page, Draft], None] | None = None


@dataclass(frozen=True, slots=True)
class TextLayout:
    """One structure that plain-text captures of a source have.

    Attributes:
        name: as in `Layout`.
        matches: whether a text of the source has this structure.
        read: the draft of a text that matches; raises `LayoutError` where it turns out otherwise.
        headline: False where such captures have lost the headline: the article then lands without one, as partial, and
            gives way to any complete capture of the same address.
    """

    name: str
    _: KW_ONLY
    matches: Callable[[TextPage], bool]
    read: Callable[[TextPage], Draft]
    headline: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One publication.

    Attributes:
        name: `^[a-z0-9_]+$`; the file's name, the partition value.
        title: what people call it.
        hosts: registrable host names, newest first; hosts below them belong to it too.
        language: BCP 47 tag, for pages that state none.
        timezone: IANA name of the zone that times without one are in.
        version: version of the parser; raised whenever its output changes.
        layouts: HTML layouts, newest first; the first that matches is taken.
        text_layouts: the same for plain-text captures.
        signature: patterns of which any finds a text capture that can only be of this source.
        discovery: where the source says what it has published; all are asked. Empty: nothing is found live.
        article_url: pattern that the path and query of an article's address must hold; None: any.
        interval_seconds: least time between two requests to a host of the source; None: the setting's. The larger of
            both and of the robots file's Crawl-delay holds.
        horizon_days: how many days before today discovery lists whole; older ones come from archives only, or from a
            list that happens to name a part of them.
        first_day: the first day on which the source published, or the first one that is wanted; None: unknown.
        checks: what is to be expected of a day.
        schedules: when it is asked, and for which day; None: `usual_schedules`; empty: only when somebody says so.

    Raises:
        ValueError: the name can't be a partition value, or there is no such time zone.
    """

    name: str
    title: str
    hosts: tuple[str, ...]
    language: str
    timezone: str
    version: int
    layouts: tuple[Layout, ...] = ()
    text_layouts: tuple[TextLayout, ...] = ()
    signature: tuple[re.Pattern[str], ...] = ()
    discovery: tuple[Discovery, ...] = ()
    article_url: re.Pattern[str] | None = None
    interval_seconds: float | None = None
    horizon_days: int = 1  # news sitemaps hold 48 hours: today as far as it has come, and all of yesterday
    first_day: date | None = None
    checks: Checks = field(default_factory=Checks)
    schedules: tuple[Schedule, ...] | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_]*", self.name):
            raise ValueError(f"source name {self.name!r} must match [a-z0-9_]+ and not begin with an underscore")
        try:
            ZoneInfo(self.timezone)
        except (ValueError, OSError, ZoneInfoNotFoundError) as error:  # at load, not on the first page without a zone
            raise ValueError(f"source {self.name}: {self.timezone!r} is no IANA time zone") from error

    def recognises(self, text: str) -> bool:
        """Whether a text capture without an address is one of this source's."""
        return any(pattern.search(text) for pattern in self.signature)

    @property
    def timetable(self) -> tuple[Schedule, ...]:
        """The schedules that hold: declared, else the usual ones; none for a source that cannot be asked."""
        if not self.discovery:
            return ()
        return usual_schedules(self.name, self.timezone) if self.schedules is None else self.schedules

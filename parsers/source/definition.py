"""What a source file declares: a `Source` with its layouts. Mostly data; a function only where a page is odd."""

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

# One text: a CSS selector (the first match that isn't empty: its `content`, its `datetime` or its text) or a
# function of the page.
TextField = str | Callable[[Page], str | None]
# Several texts: a CSS selector (all matches) or a function of the page.
ListField = str | Callable[[Page], Sequence[str]]

# Elements that hold prose on nearly every news site.
PROSE = "p, h2, h3, h4, h5, h6, ul > li, ol > li, blockquote, pre"
# Elements inside the body that are not part of the text on nearly every news site.
FURNITURE = "script, style, template, noscript, svg, button, iframe, form, nav, footer, aside, figure"


@dataclass(frozen=True, slots=True)
class Layout:
    """One structure that HTML pages of a source have or had, recognised by content: `body` (and `when`) must match.

    A field left at None comes from the shared reading of JSON-LD, OpenGraph and meta elements.

    `body`, `when` and `paywall` are searched in the whole page; `blocks`, `headings`, `drop`, `furniture` and `related`
    inside the body. All others are searched in the nearest `<article>` or `<main>` around the body, and in the whole
    page only if that holds no match. Functions should use `page.select` for the same reason: it is faster than
    `page.tree.css` and does not find the authors of other stories.

    Attributes:
        name: the month this layout was first seen, e.g. `2023-07`; recorded with each row.
        body: selector of the element or elements that hold the body; of nested matches the outermost counts.
        when: another selector that must match, if `body` also matches pages of other layouts.
        blocks: selector of the blocks inside `body`; the tag decides the type of a block. Empty: the text of the body
            element itself, split at line breaks.
        headings: selector of blocks that are headings despite their tag, or of elements in them that hold all of their
            text (`p > strong`: paragraphs that are bold as a whole).
        lead: selector of the standfirst, inside or outside `body`.
        drop: selector of what to remove from `body` and `lead` in addition to `furniture`: adverts, related links.
        furniture: what is always removed; override it only if a site keeps prose in one of these elements.
        title, byline, published, modified, section, language, genre, access: single texts. All matches of `byline` are
            joined by commas; of the other fields the first match that isn't empty counts.
        authors, topics, persons, regions: lists of texts.
        related: selector of links to other stories inside the text: their texts become `related_titles`, their
            addresses `related_urls`.
        year_from_capture: the visible date has no year: take it from a trusted capture time.
        figures: selector of the elements with a picture, if they are not the figures inside `body`. One with a caption
            but without a picture, which a script would load, describes the leading picture.
        caption: selector of the caption inside such an element, or of the element itself.
        credit: selector of the credit inside such an element, or a pattern whose group 1 finds it in the caption. The
            match is removed from the caption, and words such as `Photo:` and `©` from the credit.
        paywall: selector of what a page shows to people who have not paid instead of the rest of its text.
        refine: changes the finished draft, for what no selector can express.
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
        read: makes a draft of a matching text; raises `LayoutError` if the structure turns out to be different.
        headline: False if such captures have lost the headline: the article then lands without one, as partial, and any
            complete capture of the same address replaces it.
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
        name: `[a-z0-9_]+`; the name of the file and of the partition.
        title: the name that people use.
        hosts: host names, newest first; their subdomains belong to the source too.
        list_hosts: more hosts of the publisher, to which its feeds and sitemaps may redirect; no article is on them.
        language: BCP 47 tag, for pages that state none.
        timezone: IANA name of the zone of times without one.
        version: version of the parser; raise it whenever its output changes.
        layouts: HTML layouts, newest first; the first that matches is used.
        text_layouts: the same for plain-text captures.
        signature: patterns; a text capture that any of them finds can only come from this source.
        discovery: where the source lists what it has published; all are read. Empty: nothing is found live.
        article_url: pattern that the path and query of an article's address must contain; None: any.
        interval_seconds: least time between two requests to a host; None: the setting's. The longest of this, the
            setting and the robots file's Crawl-delay applies.
        horizon_days: how many days before today discovery lists completely; older ones come from archives, or in part
            from lists that happen to name them.
        first_day: the first day to collect; None: unknown.
        checks: what to expect of a day.
        schedules: when the source is read, and for which day; None: `usual_schedules`; empty: only on request.

    Raises:
        ValueError: the name can't be a partition value, or the time zone does not exist.
    """

    name: str
    title: str
    hosts: tuple[str, ...]
    list_hosts: tuple[str, ...] = ()
    language: str
    timezone: str
    version: int
    layouts: tuple[Layout, ...] = ()
    text_layouts: tuple[TextLayout, ...] = ()
    signature: tuple[re.Pattern[str], ...] = ()
    discovery: tuple[Discovery, ...] = ()
    article_url: re.Pattern[str] | None = None
    interval_seconds: float | None = None
    horizon_days: int = 1  # news sitemaps hold 48 hours: today so far, and all of yesterday
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
        """Whether a text capture without an address comes from this source."""
        return any(pattern.search(text) for pattern in self.signature)

    @property
    def timetable(self) -> tuple[Schedule, ...]:
        """The declared schedules, or else the usual ones; none for a source without discovery."""
        if not self.discovery:
            return ()
        return usual_schedules(self.name, self.timezone) if self.schedules is None else self.schedules

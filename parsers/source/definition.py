"""What a source file declares: a `Source` with its layouts. Mostly data; a function only where a page is odd."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from parsers.page.page import Page
from parsers.page.text import TextPage
from parsers.record.draft import Draft
from parsers.source.discovery import WHOLE_HISTORY, Discovery, OwnLists

# The shortest feeds hold the last 20 to 50 stories; a busy source publishes about 10 an hour.
_INTRADAY_HOURS = 4
# News sitemaps and feeds list a late story within an hour; the second hour is for slow editors.
_AFTER_MIDNIGHT = timedelta(hours=2)
_ANY_YEAR = 2026  # zones change their rules less than once in a decade


@dataclass(frozen=True, slots=True)
class Schedule:
    """One timetable. A run lands the UTC day of its scheduled time minus the lag, however late it starts."""

    cron: str  # five fields of crontab(5) in numbers, in the source's time zone: `5 22 * * *` is daily at 22:05
    lag_days: int = 0  # 0 for the current day, 1 for the day before, and so on


def usual_schedules(name: str, timezone: str) -> tuple[Schedule, ...]:
    """The schedules of a source: every four hours for today, and once for the day that has ended.

    The latter has the same local hour all year, so it lands each day once whatever clocks do. Hours of the former and
    minutes of both follow from the name: sources do not all start at once, and a new one moves no other.
    """
    hour, minute = divmod(crc32(name.encode()) % (_INTRADAY_HOURS * 60), 60)
    # Half an hour apart, so that the two never start together.
    return (
        Schedule(f"{minute} {hour}-23/{_INTRADAY_HOURS} * * *"),
        Schedule(f"{(minute + 30) % 60} {_closing_hour(timezone)} * * *", lag_days=1),
    )


def _closing_hour(timezone: str) -> int:
    """The local hour that is two hours after midnight UTC, or later when the zone is not farthest ahead."""
    zone = ZoneInfo(timezone)
    middles = (datetime(_ANY_YEAR, month, 15, tzinfo=zone) for month in range(1, 13))
    ahead = max(middle.utcoffset() or timedelta() for middle in middles)
    return math.ceil((ahead + _AFTER_MIDNIGHT) / timedelta(hours=1)) % 24


# One text: a CSS selector (the first match that isn't empty: its `content`, its `datetime` or its text) or a
# function of the page.
TextField = str | Callable[[Page], str | None]
# Several texts: a CSS selector (all matches; that of a `meta` element finds keywords) or a function of the page.
ListField = str | Callable[[Page], Sequence[str]]

# Elements inside the body that are not part of the text on nearly every news site; figures may hold tables and code.
FURNITURE = (
    "script, style, template, noscript, svg, button, select, textarea, iframe, object, video, audio, form, nav, footer,"
    " aside, figure:not(:has(table, pre)), .wp-caption"
)

# Posts of other people and adverts: removed on every site. Few and short, since each is compared with every element.
EMBEDS = (
    "blockquote.twitter-tweet, blockquote.instagram-media, blockquote.tiktok-embed, .wp-embedded-content,"
    ' .embed, p.vjs-no-js, .ad, .ad-slot, [class^="ad-"], .advertisement, .Advertisement, .social-share,'
    ' [id^="taboola"]'
)


@dataclass(frozen=True, slots=True)
class Layout:
    """One structure that HTML pages of a source have or had, recognised by content: `body` and `when` must match.

    Without `body`, the generic reader finds the text. A field left at None comes from the shared reading of JSON-LD,
    OpenGraph and meta elements; so does one that finds nothing, but for `authors` and `topics` of a layout with `body`.

    `body`, `when` and `paywall` are searched in the whole page; `blocks`, `headings`, `drop`, `furniture` and `related`
    inside the body. All others are searched in the nearest `<article>` or `<main>` around the body, and in the whole
    page only if that holds no match. Functions should use `page.select` for the same reason: it is faster than
    `page.tree.css` and does not find the authors of other stories.
    """

    name: str  # the month this layout was first seen, e.g. `2023-07`; recorded with each row
    _: KW_ONLY
    # Selector of the element or elements that hold the body; of nested matches the outermost counts. None: the densest
    # text; `blocks`, `headings`, `furniture`, `lead` and `html` then mean nothing.
    body: str | None = None
    when: str | None = None  # another selector that must match, if that is not enough to tell pages of other layouts
    # Selector of the blocks inside `body`; the tag decides the type of a block. None: all text that the body shows.
    blocks: str | None = None
    # Selector of blocks that are headings despite their tag, or of elements in them that hold all of their text
    # (`p > strong`: paragraphs that are bold as a whole).
    headings: str | None = None
    lead: str | None = None  # selector of the standfirst, inside or outside `body`
    drop: str | None = None  # selector of what to remove from `body` and `lead` too: adverts, related links
    furniture: str = FURNITURE  # always removed; override it only if a site keeps prose in one of these elements
    # Of single texts the first match that isn't empty counts; all matches of `byline` are joined by commas.
    title: TextField | None = None
    byline: TextField | None = None
    published: TextField | None = None
    modified: TextField | None = None
    section: TextField | None = None
    language: TextField | None = None
    genre: TextField | None = None  # a selector finds tags, or links to them, among which are words that say it
    access: TextField | None = None
    authors: ListField | None = None
    topics: ListField | None = None
    persons: ListField | None = None
    regions: ListField | None = None
    related: str | None = None  # selector of links to other stories inside the text, for `related_titles` and `_urls`
    # Selector of the elements with a picture, if they are not the figures inside `body`. One with a caption but without
    # a picture, which a script would load, describes the leading picture.
    figures: str | None = None
    caption: str = "figcaption, .wp-caption-text"  # selector of the caption inside such an element, or of it itself
    # Selector of the credit inside such an element, or a pattern whose group 1 finds it in the caption. The match is
    # removed from the caption, and words such as `Photo:` and `©` from the credit.
    credit: str | re.Pattern[str] | None = None
    paywall: str | None = None  # selector of what people see who have not paid, instead of the rest of the text
    # The HTML of the story, if the page holds it only as data for a script (`parsers.page.embedded`). `body` need then
    # only tell the layout; byline, text and pictures are searched in that HTML.
    html: Callable[[Page], str] | None = None
    notes: re.Pattern[str] | None = None  # matches the start of notes at the end of the text that only this site has
    refine: Callable[[Page, Draft], None] | None = None  # changes the finished draft, for what no selector can express


UNDETERMINED = "und"  # the language of a source whose language nobody knows (BCP 47)
# Of pages that no layout matches: what the newest layout, if there is one, does not find is left to the shared reading.
GENERIC = Layout("generic")
# How often the output of `parsers.generic` has changed; raise it whenever it does. Versions of sources add it.
GENERIC_CHANGES = 6


# What sites that run on one publishing system have in common, to begin a source with.
WORDPRESS = Layout(
    "wordpress",
    body="article .entry-content, article .post-content, .post-content, [itemprop=articleBody]",
    drop=".sharedaddy, .jp-relatedposts, .wp-block-buttons, #comments, .comments-area, .newsletter-signup, .author-bio,"
    " .author-box, .share, .share-buttons, .post-navigation",
    headings="p > strong, p > b",
    byline="a[rel=author], .author-name, .entry-meta .author a",
)


@dataclass(frozen=True, slots=True)
class TextLayout:
    """A structure of text captures; without a `headline`, which they may have lost, an article lands as partial."""

    name: str  # as in `Layout`
    _: KW_ONLY
    matches: Callable[[TextPage], bool]
    read: Callable[[TextPage], Draft]  # raises `LayoutError` if the structure turns out to be different
    headline: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One publication."""

    name: str  # `[a-z0-9_]+`; the name of the file and of the partition
    title: str  # the name that people use
    hosts: tuple[str, ...]  # newest first; their subdomains belong to the source too
    list_hosts: tuple[str, ...] = ()  # more of the publisher, without articles, where its lists may redirect
    language: str  # BCP 47 tag, for pages that state none
    country: str | None = None  # two-letter code (ISO 3166), for a file that is in no folder of a country
    timezone: str  # IANA name of the zone of times without one
    version: int = 1  # of this file; raise it whenever its output changes
    layouts: tuple[Layout, ...] = ()  # of HTML, newest first; the first that matches is used
    # Read pages that no layout matches, or that give no article by the one that does, by `parsers.generic`, which reads
    # all pages of a source without layouts. False: reject them, so that the quality gate sees a redesign.
    generic: bool = False
    text_layouts: tuple[TextLayout, ...] = ()  # the same for plain-text captures
    signature: tuple[re.Pattern[str], ...] = ()  # a text capture that any of them finds can only be of this source
    discovery: tuple[Discovery, ...] = (OwnLists(),)  # where it lists its articles; all are read. Empty: never live
    verified: str = ""  # what of `discovery` was seen, and where; none was tried on a live site. Empty: nothing
    article_url: re.Pattern[str] | None = None  # what path and query of an article's address must contain; None: any
    interval_seconds: float | None = None  # between requests to a host; a longer setting or Crawl-delay goes before it
    # How many days before today discovery lists completely; older ones come from archives, or in part from lists that
    # happen to name them. News sitemaps hold 48 hours: today so far, and all of yesterday.
    horizon_days: int = 1

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_]*", self.name):
            raise ValueError(f"source name {self.name!r} must match [a-z0-9_]+ and not begin with an underscore")
        if self.country is not None and not re.fullmatch(r"[a-z]{2}", self.country):
            raise ValueError(f"source {self.name}: country {self.country!r} must be a code of two small letters")
        try:
            ZoneInfo(self.timezone)
        except (TypeError, ValueError, OSError, ZoneInfoNotFoundError) as error:  # not on the first page
            raise ValueError(f"source {self.name}: {self.timezone!r} is no IANA time zone") from error

    @property
    def reads_generically(self) -> bool:
        """Whether the generic reader takes the HTML pages that no layout matches."""
        return self.generic or not self.layouts

    @property
    def needs_generic(self) -> bool:
        """Whether the generic reader finds the text of some HTML pages."""
        return self.reads_generically or any(layout.body is None for layout in self.layouts)

    @property
    def layout_names(self) -> list[str]:
        """Every layout that a row of the source can name."""
        names = [*(each.name for each in self.layouts), *(each.name for each in self.text_layouts)]
        return [*names, GENERIC.name] if self.reads_generically else names

    @property
    def parser_version(self) -> int:
        """The version in rows of the source: it rises with its file and with the generic reader, if that is used."""
        return self.version + GENERIC_CHANGES if self.needs_generic else self.version

    def recognises(self, text: str) -> bool:
        """Whether a text capture without an address comes from this source."""
        return any(pattern.search(text) for pattern in self.signature)

    @property
    def reach_days(self) -> int:
        """How many days before today discovery is asked for: lists that the site names may reach back to its first."""
        return WHOLE_HISTORY if OwnLists() in self.discovery else self.horizon_days

    @property
    def timetable(self) -> tuple[Schedule, ...]:
        """When it is asked; never if it has no discovery."""
        return usual_schedules(self.name, self.timezone) if self.discovery else ()

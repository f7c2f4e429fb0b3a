"""Where a source says what it has published: declarations that stand in the source file. Reading them is pure too."""

import re
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Final

# Days, for `Source.horizon_days`: the site's archive pages or sitemaps reach back to its first day.
WHOLE_HISTORY: Final = 36_500


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom feed: the newest articles, some hours to some days of them.

    Attributes:
        url: its address.
    """

    url: str


@dataclass(frozen=True, slots=True)
class NewsSitemap:
    """A news sitemap (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap): two days.

    Attributes:
        url: its address, or that of a sitemap index of news sitemaps.
    """

    url: str


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap, or an index of sitemaps (https://www.sitemaps.org/protocol.html): often the whole history.

    Attributes:
        url: its address; may hold `strftime` fields of the local day (`https://x.com/sitemap-%Y-%m.xml`).
        children: pattern that the address of a child must hold to be read; None: every child.
        dated: pattern that finds the date in a child's address, with groups `year`, `month` and, where it is that fine,
            `day`: a child of other days is not fetched.
    """

    url: str
    _: KW_ONLY
    children: re.Pattern[str] | None = None
    dated: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class DayArchive:
    """One page a day that lists what was published.

    Attributes:
        url: its address, with `strftime` fields of the local day: `https://x.com/archive/%Y/%m/%d/`.
        links: CSS selector of the links to articles.
        pages: how many pages a day may have at most; the address then holds `{page}`, which counts from 1, and pages
            are read, newest articles first, until one has no new link.
    """

    url: str
    _: KW_ONLY
    links: str
    pages: int = 1


@dataclass(frozen=True, slots=True)
class PagedListing:
    """A listing of articles, newest first, page by page.

    Attributes:
        url: its address with `{page}`, which counts from 1.
        links: CSS selector of the links to articles.
        dates: CSS selector of the dates beside them, as many as links; None: pages are read without knowing the days.
        pages: how many pages are read at most; fewer where the dates say that the day is passed.
    """

    url: str
    _: KW_ONLY
    links: str
    dates: str | None = None
    pages: int = 20


Discovery = Feed | NewsSitemap | Sitemap | DayArchive | PagedListing


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a feed, sitemap or page of a source names.

    Attributes:
        url: canonical (`parsers.fields.urls.canonical`).
        hint: when the article may have been published, aware, in UTC; None where nothing said so. A hint chooses what
            is fetched for a day; the article's own date decides where it lands.
        hint_is_publication: False where the hint is the time of the last change: published then, or any time before.
    """

    url: str
    hint: datetime | None = None
    hint_is_publication: bool = True

"""Where a source lists what it has published: declarations for the source file."""

import re
from dataclasses import KW_ONLY, dataclass
from datetime import datetime

# For `Source.horizon_days`: the site's archive pages or sitemaps reach back to its first day.
WHOLE_HISTORY = 36_500


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom feed: the newest articles, a few hours' or days' worth."""

    url: str


@dataclass(frozen=True, slots=True)
class NewsSitemap:
    """A news sitemap (Google's extension of the sitemap protocol), or an index of them: the last two days."""

    url: str


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap or an index of them (https://www.sitemaps.org/protocol.html): often the whole history."""

    url: str  # may hold `strftime` fields of the local day (`https://x.com/sitemap-%Y-%m.xml`)
    _: KW_ONLY
    children: re.Pattern[str] | None = None  # in the address of a child sitemap to read; None: read every child
    # Finds groups `year`, `month` and perhaps `day` in a child's address; children of other days are not fetched.
    dated: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class DayArchive:
    """A page for each day that lists its articles."""

    url: str  # holds `strftime` fields of the local day: `https://x.com/archive/%Y/%m/%d/`
    _: KW_ONLY
    links: str  # CSS selector of the links to articles
    # The most pages a day may have. If more than one, `url` holds `{page}`, which counts from 1; pages are read, newest
    # articles first, until one has no new link.
    pages: int = 1


@dataclass(frozen=True, slots=True)
class OwnLists:
    """The lists that the site itself names: sitemaps in its robots files, feeds on its home page."""


Discovery = Feed | NewsSitemap | Sitemap | DayArchive | OwnLists


@dataclass(frozen=True, slots=True)
class Link:
    """An article's canonical address, with a hint what day to fetch it for; its own date decides where it lands."""

    url: str
    hint: datetime | None = None  # when the article may have been published, aware, in UTC
    hint_is_publication: bool = True  # False: the time of the last change; published then, or any time before

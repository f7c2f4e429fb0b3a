"""How far back the lists of a source reach: feeds and news sitemaps forget, so reading them whole is not enough."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from infra.base.days import midnight
from parsers.lists.links import Reading

ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
NEWS_DAYS: Final = 1  # before today: news sitemaps hold the last two days, by the protocol
NEWS_ENTRIES: Final = 1_000  # the most that a news sitemap may hold, by the protocol
# Old stories that an editor has pinned stay in a feed: so many of its oldest entries are not believed.
PINNED: Final = 2
ENTRIES_A_PINNED: Final = 10


class Reach:
    """Collects what the lists of a source say of their beginning."""

    def __init__(self, today: date) -> None:
        """Begin with no list."""
        self._today = today
        self._has_all = False
        self._until = ALWAYS  # the newest entry of sitemaps that nobody vouches for
        self._feeds: list[tuple[datetime | None, str]] = []
        self._news: list[tuple[datetime | None, str]] = []

    def note_all(self) -> None:
        """Note a list of everything, as its source declares."""
        self._has_all = True

    def note_found(self, sitemaps: Iterable[Reading]) -> None:
        """Note sitemaps that may have been made long ago: they reach up to their newest entry."""
        times = [link.hint for sitemap in sitemaps for link in sitemap.links if link.hint]
        self._until = max([self._until, *times])

    def note_news(self, url: str, sitemaps: Sequence[Reading]) -> None:
        """Note a news sitemap, or those of an index, which may be full."""
        if not sitemaps:
            return
        back = midnight(self._today) - timedelta(days=NEWS_DAYS)
        times = [link.hint for sitemap in sitemaps for link in sitemap.links if link.hint]
        is_full = all(len(sitemap.links) >= NEWS_ENTRIES for sitemap in sitemaps)
        self._news.append((min(times, default=None) if is_full else min([back, *times]), url))

    def note_feed(self, url: str, feed: Reading) -> None:
        """Note a feed."""
        times = sorted(link.hint for link in feed.links if link.hint)
        pinned = min(PINNED, len(times) // ENTRIES_A_PINNED)
        self._feeds.append((times[pinned] if times else None, url))

    def gap(self, day: date, whole_at: datetime | None = None) -> str:
        """Why the lists may not name all of a day that was read whole at some time before; empty if they do."""
        since = max(midnight(day), whole_at or ALWAYS)
        if self._has_all or self._until >= midnight(day) + timedelta(days=1):
            return ""
        gaps = [_gap(lists, since) for lists in (self._news, self._feeds) if lists]
        if gaps:
            return "" if "" in gaps else gaps[0]
        if self._until > ALWAYS:
            return f"the newest entry of its sitemaps is of {_told(self._until)}"
        return "no list says of what day its entries are"


def _gap(lists: Iterable[tuple[datetime | None, str]], since: datetime) -> str:
    for back, url in lists:
        if back is None:
            return f"{url} names no times"
        if back > since:
            return f"{url} goes back only to {_told(back)}"
    return ""


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"

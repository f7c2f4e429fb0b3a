"""Lists as a site would write them, and one run of discovery over them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from infra.base.days import Days
from infra.intake.web.fetching import Answer, FetchError, FetchReason
from infra.work.live.discovery import Discovered, discover
from infra.work.live.discovery_state import DiscoveryState
from parsers.source.definition import Source
from parsers.source.discovery import Discovery, Feed, Sitemap
from tests.memory_store import MemoryStore

TODAY = date(2024, 5, 10)
DAY = date(2024, 5, 9)
FEED = Feed("https://news.example/feed")
MAP = Sitemap("https://news.example/sitemap.xml")
SOURCE = Source(name="news", title="News", hosts=("news.example",), language="en", timezone="Europe/Moscow", version=1)


def at(day: date, hour: int = 12) -> str:
    return f"{day.isoformat()}T{hour:02}:00:00Z"


def rss(*entries: str | tuple[str, str]) -> bytes:
    rows = [entry if isinstance(entry, tuple) else (entry, at(DAY)) for entry in entries]
    written = "".join(f"<item><link>{link}</link><pubDate>{date}</pubDate></item>" for link, date in rows)
    return f'<rss version="2.0"><channel>{written}</channel></rss>'.encode()


def urlset(*entries: tuple[str, str]) -> bytes:
    written = "".join(f"<url><loc>{loc}</loc><lastmod>{date}</lastmod></url>" for loc, date in entries)
    return f"<urlset>{written}</urlset>".encode()


def index(*children: str, changed: str = "") -> bytes:
    more = f"<lastmod>{changed}</lastmod>" if changed else ""
    written = "".join(f"<sitemap><loc>{child}</loc>{more}</sitemap>" for child in children)
    return f"<sitemapindex>{written}</sitemapindex>".encode()


def listing(*links: tuple[str, str] | str) -> bytes:
    rows = [link if isinstance(link, tuple) else (link, "") for link in links]
    return "".join(f"<h2><a href={url}>T</a></h2><time>{when}</time>" for url, when in rows).encode()


def source(*declarations: Discovery, **options: object) -> Source:
    return replace(SOURCE, discovery=declarations, **options)  # type: ignore[arg-type]


def run(
    of: Source, client: object, store: MemoryStore | None = None, days: Days | None = None, today: date = TODAY
) -> Discovered:
    state = DiscoveryState(store or MemoryStore(), of.name)
    return discover(of, days or Days.one(DAY), client, state, today=today)  # type: ignore[arg-type]


def is_whole(found: Discovered) -> bool:
    return all(feed.whole for feed in found.feeds)


def paths(found: Discovered) -> list[str]:
    return [link.url.removeprefix("https://news.example") for link in found.links]


def reports(found: Discovered) -> list[tuple[str, str, int]]:
    return [(report.url.removeprefix("https://"), report.status.value, report.links) for report in found.feeds]


class Failing:
    """A client that fails in one way, and counts."""

    def __init__(self, reason: FetchReason, after: int, answers: dict[str, bytes]) -> None:
        self.asked: list[str] = []
        self._reason, self._after, self._answers = reason, after, answers

    def get(self, url: str, **_options: object) -> Answer:
        self.asked.append(url)
        if len(self.asked) > self._after:
            raise FetchError(self._reason, "it is so")
        return Answer(url, url, 200, (), self._answers[url], datetime.now(UTC))

"""What stands at an address of a demo site: path in, document out. No sockets here."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from infra.demo_site import listings
from infra.demo_site.archive import StoryArchive
from infra.demo_site.article_pages import Redesign, article_page
from infra.demo_site.other_pages import error_page, list_page, other_page, picture
from infra.demo_site.stories import Kind, Story, slug_of

HTML: Final = "text/html; charset=utf-8"
XML: Final = "application/xml; charset=utf-8"
RSS: Final = "application/rss+xml; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
SVG: Final = "image/svg+xml"
_BESIDE: Final = 24  # stories in the column beside a page: brings it to the size of a real one, 20 to 60 KB
_LISTED: Final = 20  # stories on a page that lists them
_DAY_ARCHIVE: Final = re.compile(r"/(\d{4})/(\d{2})/(\d{2})(?:/page/(\d{1,3}))?")
_MONTH_SITEMAP: Final = re.compile(r"/post-sitemap-(\d{4}-\d{2})\.xml")
_PICTURE: Final = re.compile(r"/img/(\d{1,9})\.svg")


@dataclass(frozen=True, slots=True)
class Document:
    """What a server sends: status, body and headers of its own.

    Attributes:
        status: of the answer.
        body: before any content coding.
        media_type: as in Content-Type.
        changed_at: for Last-Modified; None where it is not sent.
        headers: further ones.
    """

    status: int
    body: bytes
    media_type: str = HTML
    changed_at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()


def moved(to: str, status: int = 301) -> Document:
    """A redirect."""
    return Document(status, b"", headers=(("Location", to),))


class SiteDocuments:
    """The documents of one site.

    Args:
        archive: what it has published.
    """

    def __init__(self, archive: StoryArchive) -> None:
        self.archive = archive
        self.masthead = archive.masthead
        self.redesign: tuple[date, Redesign] | None = None  # since which UTC day, and what
        self._fixed = self._special_paths()
        self._moved: Mapping[str, str] = {}
        self._second: Mapping[str, Story] = {}
        firsts = [story for story in archive.stories if story.number % 100 == 0]
        if self.masthead.source == "theissue":
            self._moved = {listings.old_path(story): story.url for story in firsts}
        elif self.masthead.source == "globalresearch":
            self._second = {listings.second_path(story): story for story in firsts}

    def document(self, target: str) -> Document:
        """What stands at a path.

        Args:
            target: path and query, as in the request line.
        """
        path = target.partition("?")[0].rstrip("/") or "/"
        if path in self._fixed:
            return self._fixed[path]()
        if path in self._moved:
            return moved(self._moved[path])
        story = self.archive.by_path.get(path) or self._second.get(path)
        if story:
            return self._story(story)
        return self._listing(path) or self._missing()

    def _special_paths(self) -> Mapping[str, Callable[[], Document]]:
        archive, masthead = self.archive, self.masthead
        newest = max(story.changed_at for story in archive.newest(listings.FEED_DAYS))

        def text(made: Callable[[], str], media_type: str) -> Callable[[], Document]:
            return lambda: Document(200, made().encode(), media_type, newest)

        paths = {
            "/robots.txt": text(lambda: listings.ROBOTS[masthead.source], TEXT),
            masthead.feed.rstrip("/"): text(lambda: listings.rss(archive), RSS),
        }
        if masthead.source == "tass":
            paths["/sitemap_news.xml"] = text(lambda: listings.news_sitemap(archive), XML)
        if masthead.source == "globalresearch":
            paths["/sitemap.xml"] = text(lambda: listings.sitemap_index(archive), XML)
            for name in ("page", "post_tag", "author"):
                paths[f"/{name}-sitemap.xml"] = text(lambda: listings.page_sitemap(archive), XML)
            paths[listings.GONE_PATH] = lambda: self._error(410, "Withdrawn", "The story about the scarf is gone.")
        return paths

    def _story(self, story: Story) -> Document:
        latest = self.archive.around(story, _BESIDE)
        if story.kind in (Kind.ARTICLE, Kind.PAID, Kind.SPONSORED):
            redesign = self.redesign[1] if self.redesign and story.day >= self.redesign[0] else None
            html = article_page(story, latest, redesign)
        else:
            html = other_page(story, latest)
        return Document(200, html.encode(), HTML, story.changed_at)

    def _listing(self, path: str) -> Document | None:
        """Day archives, sitemaps of months, pictures, and lists of stories by section, tag or author."""
        if match := _PICTURE.fullmatch(path):
            return Document(200, picture(int(match[1])).encode(), SVG)
        if self.masthead.source == "globalresearch" and (match := _MONTH_SITEMAP.fullmatch(path)):
            xml = listings.month_sitemap(self.archive, match[1])
            return Document(200, xml.encode(), XML) if xml else None
        if self.masthead.source == "theissue" and (match := _DAY_ARCHIVE.fullmatch(path)):
            return self._day(*match.groups())
        wanted = path.rpartition("/")[2]
        stories = [
            story
            for story in reversed(self.archive.stories)
            if not wanted or wanted in map(slug_of, (story.section, *story.topics, *story.authors))
        ][:_LISTED]
        if not stories:
            return None
        title = wanted.replace("-", " ").title() or "The news of the county"
        return self._list_page(title, stories, [story.path for story in stories])

    def _day(self, year: str, month: str, day: str, page: str | None) -> Document | None:
        try:
            local = date(int(year), int(month), int(day))
        except ValueError:
            return None
        found = listings.archive_page(self.archive, local, int(page or 1))
        return self._list_page(f"{local:%d %B %Y}", *found) if found else None

    def _list_page(self, title: str, stories: list[Story], links: list[str]) -> Document:
        html = list_page(self.masthead, title, stories, links)
        return Document(200, html.encode(), HTML, max(story.changed_at for story in stories))

    def _missing(self) -> Document:
        return self._error(404, "Page not found", "Nobody remembers a page at this address.")

    def _error(self, status: int, title: str, explanation: str) -> Document:
        return Document(status, error_page(self.masthead, title, explanation).encode())

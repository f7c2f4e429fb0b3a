"""The demo's news sites: stories from the folder `site`, dated to end today, and what stands at each address."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from html import escape
from importlib.resources import files
from string import Template
from typing import Any, Final
from zoneinfo import ZoneInfo

HTML: Final = "text/html; charset=utf-8"
_XML: Final = "application/xml; charset=utf-8"
_EDITIONS: Final = 4  # sets of stories that take turns day by day, so an address shows the same page whenever asked
PER_DAY: Final = 6  # stories in an edition
_FIRST_DAY: Final = date(2000, 1, 1).toordinal()  # ids count from here, 100 a day: seven digits, as on real sites
_ODD_PAGES: Final = ("unknown_layout", "video", "tag", "live")  # not articles: one a week, in turn
_ODD_SLOT, _SPONSORED_SLOT, _PAID_SLOT, _UPDATED_SLOT = 90, 91, 2, 1
_FEED_DAYS: Final = 2
_LISTED: Final = 20  # stories on the front page and on that of a topic
_BESIDE: Final = 12  # stories in the column beside a page
_POSTS_PER_PAGE: Final = 4  # of a day archive
_USUAL_LINK: Final[Sequence[str]] = ("{path}",)
_ARCHIVE_LINKS: Final = ("https://{host}{path}", "{path}", "//{host}{path}")  # how a day archive writes addresses
_DAY_ARCHIVE: Final = re.compile(r"/(\d{4})/(\d{2})/(\d{2})(?:/page/(\d{1,3}))?")


def text_of(name: str) -> str:
    """A file of the folder `site`."""
    return (files("flows.demo") / "site" / name).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Document:
    """What a server sends; `changed_at` becomes Last-Modified, `location` leads elsewhere."""

    body: bytes
    media_type: str = HTML
    status: int = 200
    changed_at: datetime | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A story on a site; `told` is its line in the data file."""

    site: Mapping[str, Any]
    slot: int
    published_at: datetime
    told: Mapping[str, Any]

    @property
    def day(self) -> date:
        """The UTC day of its publication."""
        return self.published_at.astimezone(UTC).date()

    @property
    def changed_at(self) -> datetime:
        """Its last change, or its publication."""
        return self.published_at + timedelta(hours=3 if self.slot == _UPDATED_SLOT else 0)

    @property
    def url(self) -> str:
        """Its canonical address."""
        return self.address("https://{host}{path}")

    def address(self, spelling: str) -> str:
        """Its address in a spelling of `sites.json`."""
        kind = self.told["kind"]
        number = self.site["first_number"] + (self.published_at.toordinal() - _FIRST_DAY) * 100 + self.slot
        section = kind if kind in ("sponsored", "video", "live") else self.told["section"]
        parts = {"section": section, "number": number, "slug": _slug(self.told["headline"])}
        return spelling.format(host=self.site["host"], path=self.site["path"].format(**parts), **parts)

    def values(self) -> dict[str, str]:
        """What fills the gaps of templates."""
        told, at = self.told, self.published_at
        values = {name: escape(value) for name, value in told.items() if isinstance(value, str)}
        values |= {f"{name}_json": json.dumps(value, ensure_ascii=False) for name, value in told.items()}
        values |= {
            "site": self.site["title"],
            "host": self.site["host"],
            "url": self.url,
            "path": self.address(self.site["path"]),
            "number": self.address("{number}"),
            "section_title": told["section"].title(),
            "published": at.isoformat(),
            "modified": self.changed_at.isoformat(),
            "rfc822": format_datetime(at),
            "clock": f"{at.day} {at:%b, %H:%M}".upper(),
            "month_day": f"{at:%B} {at.day}",
            "date": f"{at:%B} {at.day}, {at.year}",
            "free": json.dumps(told["kind"] != "paid"),
            "topic_links": _links("tag", told["topics"]),
            "author_links": _links("author", told["authors"]),
        }
        return values | {"text": Template(told["text"]).substitute(values)}


class DemoPages:
    """The documents of one site, with stories on the UTC days up to `today`."""

    def __init__(self, site: Mapping[str, Any], today: date, days: int, per_day: int = PER_DAY) -> None:
        self.site = site
        self.stories = _stories(site, today, days, per_day)
        self._newest = [each for each in reversed(self.stories) if (today - each.day).days < _FEED_DAYS]
        self.by_path = {each.address(site["path"]): each for each in self.stories}
        first = [each for each in self.stories if each.slot == 0]
        self.by_path |= {each.address(site["copy"]): each for each in first if site["copy"]}
        self._moved = {each.address(site["moved"]): each.url for each in first if site["moved"]}
        self._entries = {name: Template(text) for name, text in json.loads(text_of("entries.json")).items()}
        self._files = {
            "/robots.txt": Document(site["robots"].encode(), "text/plain; charset=utf-8"),
            "/picture.svg": Document(text_of("picture.svg").encode(), "image/svg+xml"),
            site["feed"]: Document(self._feed().encode(), _XML),
            site["sitemap"]: Document(self._sitemap().encode(), _XML),
        }

    def document(self, target: str) -> Document:
        """What stands at a path with query."""
        path = target.partition("?")[0].rstrip("/") or "/"
        if path in self._moved:
            return Document(b"", status=301, location=self._moved[path])
        if story := self.by_path.get(path):
            return Document(self.page(story).encode(), changed_at=story.changed_at)
        return self._files.get(path) or self._list_page(path)

    def page(self, story: Story) -> str:
        """The page of a story."""
        values, told = story.values(), story.told
        if "head" in told:  # not an article: a page of its own make
            head, main = Template(told["head"]).substitute(values), values["text"]
        else:
            head, main = (Template(text_of(name)).substitute(values) for name in ("head.html", self.site["layout"]))
        return self._framed(told["headline"], head, main)

    def _framed(self, title: str, head: str, main: str) -> str:
        latest = self._listed("latest", self._newest[:_BESIDE], _USUAL_LINK)
        names = {"title": escape(title), "site": self.site["title"], "colour": self.site["colour"]}
        gaps = {"head": head, "main": main, "latest": latest, "feed": self.site["feed"]}
        return Template(text_of("frame.html")).substitute(names | gaps)

    def _listed(self, entry: str, stories: Sequence[Story], spellings: Sequence[str]) -> str:
        """An entry for each story, its address in the spelling of its slot, or in the last one."""
        links = [each.address(spellings[min(each.slot, len(spellings) - 1)]) for each in stories]
        filled = (
            self._entries[entry].substitute(story.values(), link=escape(link))
            for story, link in zip(stories, links, strict=True)
        )
        return "\n".join(filled)

    def _feed(self) -> str:
        """The newest stories, the updated one of a day twice, and links that lead away or nowhere."""
        listed = [each for each in self._newest for _ in range(2 if each.slot == _UPDATED_SLOT else 1)]
        last = self._newest[-1].values()
        extra = [self._entries["feed"].substitute(last, link=link, number=link) for link in self.site["feed_extra"]]
        entries = [self._listed("feed", listed, self.site["feed_links"]), *extra]
        return Template(text_of("feed.xml")).substitute(last, entries="\n".join(entries))

    def _sitemap(self) -> str:
        path = self.site["sitemap"]
        entries = self._listed(path, self._newest if "news" in path else self.stories, self.site["sitemap_links"])
        return Template(text_of("sitemap.xml")).substitute(entries=entries)

    def _list_page(self, path: str) -> Document:
        """The stories of a day, or of a section, topic or author; of all on the front page; else 404 or 410."""
        wanted, newest_first = path.rpartition("/")[2], self.stories[::-1]
        title, spellings = wanted.replace("-", " ").title() or "The news of the county", _USUAL_LINK
        if asked := _DAY_ARCHIVE.fullmatch(path):
            title, page = "-".join(asked.groups()[:3]), int(asked[4] or 1)
            of_day = [each for each in newest_first if str(each.published_at.date()) == title]
            found, spellings = of_day[(page - 1) * _POSTS_PER_PAGE : page * _POSTS_PER_PAGE], _ARCHIVE_LINKS
        else:
            found = [each for each in newest_first if not wanted or wanted in _topics(each)][:_LISTED]
        if not found:
            # A withdrawn story, which the feed still has, is answered 410.
            status = 410 if path.endswith("/410") else 404
            return Document(self._framed("Page not found", "", "<h1>Page not found</h1>").encode(), status=status)
        head = '<meta property="og:type" content="website">'
        main = f"<h1>{escape(title)}</h1>\n{self._listed('list', found, spellings)}"
        return Document(self._framed(title, head, main).encode())


def _stories(site: Mapping[str, Any], today: date, days: int, per_day: int) -> list[Story]:
    """What a site published on the UTC days up to `today`, oldest first."""
    told = [json.loads(line) for line in text_of(f"{site['source']}.jsonl").splitlines()]
    first = today - timedelta(days=days - 1)
    local_days = [first + timedelta(days=offset) for offset in range(-1, days + 1)]  # a UTC day has parts of two
    found = [story for day in local_days for story in _stories_of(site, day, per_day, told)]
    return sorted((each for each in found if first <= each.day <= today), key=lambda each: each.published_at)


def _stories_of(site: Mapping[str, Any], day: date, per_day: int, told: list[dict[str, Any]]) -> list[Story]:
    """What a site publishes on a local day: articles, and on some days a page of another kind."""
    turn = day.toordinal()
    edition = [each for each in told if each.get("edition") == turn % _EDITIONS]
    special = {each["kind"]: each for each in told if "edition" not in each}
    planned = {slot: edition[slot % PER_DAY] for slot in range(per_day)}
    if "paid" in special and turn % 3 == 0 and per_day > _PAID_SLOT:
        planned[_PAID_SLOT] = special["paid"]
    if "sponsored" in special and turn % 4 == 0:  # the robots file disallows it
        planned[_SPONSORED_SLOT] = special["sponsored"]
    if turn % 7 == site["odd_weekday"]:
        planned[_ODD_SLOT] = special[_ODD_PAGES[turn // 7 % len(_ODD_PAGES)]]
    zone = ZoneInfo(site["zone"])
    # From seven to six, so that the day is the same in UTC; but for the first story, which crosses midnight there.
    times = {slot: time(7 + (slot * 127 + turn) % 660 // 60, (slot * 127 + turn) % 60) for slot in planned}
    times[0] = time.fromisoformat(site["crossing"])
    return [Story(site, slot, datetime.combine(day, times[slot], zone), each) for slot, each in planned.items()]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("'", "")).strip("-")


def _topics(story: Story) -> list[str]:
    return [_slug(each) for each in (story.told["section"], *story.told["topics"], *story.told["authors"])]


def _links(what: str, names: Sequence[str]) -> str:
    """Links to lists of stories."""
    rel = ' rel="author"' if what == "author" else ""
    return ", ".join(f'<a{rel} href="/{what}/{_slug(each)}/">{escape(each)}</a>' for each in names)

"""The demo's news sites on a port of this machine: stories from the folder `site`, dated to end today."""

import hashlib
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from string import Template
from threading import Thread
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from typing_extensions import override

_XML: Final = "application/xml; charset=utf-8"
_EDITIONS: Final = 4  # sets of stories that take turns day by day, so an address shows the same page whenever asked
PER_DAY: Final = 6  # stories in an edition
_FIRST_DAY: Final = date(2000, 1, 1).toordinal()  # ids count from here, 100 a day: seven digits, as on real sites
_UPDATED_SLOT: Final = 1  # the story of a day that changes later
_FEED_DAYS: Final = 2
_LISTED: Final = 20  # stories on the front page and on that of a topic
_BESIDE: Final = 12  # stories in the column beside a page
_POSTS_PER_PAGE: Final = 4  # of a day archive
_ARCHIVE_LINKS: Final = ("https://{host}{path}", "{path}", "//{host}{path}")  # how a day archive writes addresses
_DAY_ARCHIVE: Final = re.compile(r"/(\d{4})/(\d{2})/(\d{2})(?:/page/(\d{1,3}))?")


def text_of(name: str) -> str:
    """A file of the folder `site`."""
    return (files("flows.demo") / "site" / name).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Document:
    """What a server sends; `location` leads elsewhere."""

    body: bytes
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A story on a site; `told` is its line in the data file."""

    site: Mapping[str, Any]
    slot: int
    published_at: datetime
    told: Mapping[str, Any]

    @property
    def url(self) -> str:
        """Its canonical address."""
        return self.address("https://{host}{path}")

    @property
    def day(self) -> date:
        """The UTC day of its publication."""
        return self.published_at.astimezone(UTC).date()

    @property
    def changed_at(self) -> datetime:
        """Its last change, or its publication."""
        return self.published_at + timedelta(hours=3 if self.slot == _UPDATED_SLOT else 0)

    def address(self, spelling: str) -> str:
        """Its address in a spelling of `sites.json`."""
        number = self.site["first_number"] + (self.published_at.toordinal() - _FIRST_DAY) * 100 + self.slot
        parts = {"section": self.told["section"], "number": number, "slug": _slug(self.told["headline"])}
        return spelling.format(host=self.site["host"], path=self.site["path"].format(**parts), **parts)

    def values(self) -> dict[str, str]:
        """What fills the gaps of templates."""
        told, at = self.told, self.published_at
        values = {name: escape(value) for name, value in {**self.site, **told}.items() if isinstance(value, str)}
        values |= {f"{name}_json": json.dumps(value, ensure_ascii=False) for name, value in told.items()}
        values |= {
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

    def __init__(self, site: Mapping[str, Any], today: date, days: int, per_day: int) -> None:
        self.site = site
        self.stories = _stories(site, today, days, per_day)
        self._newest = [each for each in reversed(self.stories) if (today - each.day).days < _FEED_DAYS]
        self.by_path = {each.address(site["path"]): each for each in self.stories}
        first = [each for each in self.stories if each.slot == 0]
        self.by_path |= {each.address(site["copy"]): each for each in first if site["copy"]}
        self._entries = {name: Template(text) for name, text in json.loads(text_of("entries.json")).items()}
        listed = self._newest if "news" in site["sitemap"] else self.stories
        entries = self._listed(site["sitemap"], listed, site["sitemap_links"])
        moved = {each.address(site["moved"]): each.url for each in first if site["moved"]}
        self._files = {path: Document(b"", status=301, location=url) for path, url in moved.items()} | {
            "/robots.txt": Document(site["robots"].encode(), "text/plain; charset=utf-8"),
            "/picture.svg": Document(text_of("picture.svg").encode(), "image/svg+xml"),
            site["feed"]: Document(self._feed().encode(), _XML),
            site["sitemap"]: Document(Template(text_of("sitemap.xml")).substitute(entries=entries).encode(), _XML),
        }

    def document(self, target: str) -> Document:
        """What stands at a path with query."""
        path = target.partition("?")[0].rstrip("/") or "/"
        if story := self.by_path.get(path):
            told, values = story.told, story.values()
            # What is not an article is a page of its own make.
            texts = (told["head"], "$text") if "head" in told else map(text_of, ("head.html", self.site["layout"]))
            return Document(self._framed(told["headline"], *(Template(each).substitute(values) for each in texts)))
        return self._files.get(path) or self._list_page(path)

    def _framed(self, title: str, head: str, main: str) -> bytes:
        gaps = {"title": escape(title), "head": head, "main": main}
        gaps["latest"] = self._listed("latest", self._newest[:_BESIDE])
        return Template(text_of("frame.html")).substitute(self.site, **gaps).encode()

    def _listed(self, entry: str, stories: Sequence[Story], spellings: Sequence[str] = ("{path}",)) -> str:
        """An entry for each story, its address in the spelling of its slot, or in the last one."""
        filled = []
        for each in stories:
            link = each.address(spellings[min(each.slot, len(spellings) - 1)])
            filled.append(self._entries[entry].substitute(each.values(), link=escape(link)))
        return "\n".join(filled)

    def _feed(self) -> str:
        """The newest stories, the updated one of a day twice, and links that lead away or nowhere."""
        listed = [each for each in self._newest for _ in range(2 if each.slot == _UPDATED_SLOT else 1)]
        last, entry = self._newest[-1].values(), self._entries["feed"]
        extra = [entry.substitute(last, link=link, number=link) for link in self.site["feed_extra"]]
        entries = "\n".join([self._listed("feed", listed, self.site["feed_links"]), *extra])
        return Template(text_of("feed.xml")).substitute(self.site, entries=entries)

    def _list_page(self, path: str) -> Document:
        """The stories of a day, or of a section, topic or author; of all on the front page; else 404."""
        wanted, newest_first = path.rpartition("/")[2], self.stories[::-1]
        if asked := _DAY_ARCHIVE.fullmatch(path):
            title, first = "-".join(asked.groups()[:3]), _POSTS_PER_PAGE * (int(asked[4] or 1) - 1)
            of_day = [each for each in newest_first if str(each.published_at.date()) == title]
            listed = self._listed("list", of_day[first : first + _POSTS_PER_PAGE], _ARCHIVE_LINKS)
        else:
            title = wanted.replace("-", " ").title() or "The news of the county"
            found = [each for each in newest_first if not wanted or wanted in _topics(each)]
            listed = self._listed("list", found[:_LISTED])
        title, status = (title, 200) if listed else ("Page not found", 404)
        head, main = '<meta property="og:type" content="website">', f"<h1>{escape(title)}</h1>\n{listed}"
        return Document(self._framed(title, head, main), status=status)


def _stories(site: Mapping[str, Any], today: date, days: int, per_day: int) -> list[Story]:
    told = [json.loads(line) for line in text_of(f"{site['source']}.jsonl").splitlines()]
    first, zone, found = today - timedelta(days=days - 1), ZoneInfo(site["zone"]), []
    for day in (first + timedelta(days=offset) for offset in range(-1, days + 1)):  # a UTC day has parts of two
        turn = day.toordinal()
        edition = [each for each in told if each.get("edition") == turn % _EDITIONS]
        planned = {slot: edition[slot % PER_DAY] for slot in range(per_day)}
        special = [each for each in told if "slot" in each and turn % each["every"] == each["turn"]]
        planned |= {each["slot"]: each for each in special if each["slot"] not in range(per_day, PER_DAY)}
        for slot, each in planned.items():
            # From seven to six, so that the day is the same in UTC; but for the first story, which crosses midnight.
            at = time(*divmod(420 + (slot * 127 + turn) % 660, 60)) if slot else time.fromisoformat(site["crossing"])
            found.append(Story(site, slot, datetime.combine(day, at, zone), each))
    return sorted((each for each in found if first <= each.day <= today), key=lambda each: each.published_at)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("'", "")).strip("-")


def _topics(story: Story) -> list[str]:
    return [_slug(each) for each in (story.told["section"], *story.told["topics"], *story.told["authors"])]


def _links(what: str, names: Sequence[str]) -> str:
    return ", ".join(f'<a rel="{what}" href="/{what}/{_slug(each)}/">{escape(each)}</a>' for each in names)


_POLL_SECONDS: Final = 0.02  # how soon the server notices that it is to end


class DemoHandler(BaseHTTPRequestHandler):
    """A request; each has a connection of its own, so none outlives the server."""

    server: "DemoSite"
    server_version, sys_version = "newslake-demo-site", ""
    timeout = 10  # seconds that a connection may be silent

    def do_GET(self) -> None:
        """Answer from the site that the Host header names."""
        self.send(self.server.document(self.host, self.path))

    @property
    def host(self) -> str:
        """The host that the client believes it asks."""
        return self.headers.get("Host", "").lower().partition(":")[0]

    def send(self, document: Document) -> None:
        """Answer in full, or with 304 where the client has it."""
        status, body, headers = document.status, document.body, {"Content-Type": document.media_type}
        if document.location:
            headers["Location"] = document.location
        if status == HTTPStatus.OK:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = HTTPStatus.NOT_MODIFIED, b""
        self.server.log(f"{datetime.now(UTC):%H:%M:%S} {int(status)} {self.host}{self.path}")
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `send` tells more."""


class DemoSite(ThreadingHTTPServer):
    """Serves stories of `days` UTC days up to `today` while it is entered; OSError where the port is taken."""

    request_queue_size = 128  # connections that may wait: newslake opens dozens at once
    handler = DemoHandler

    def __init__(
        self, today: date, *, days: int = 31, per_day: int = PER_DAY, port: int = 0, bind: str = "127.0.0.1",
        log: Callable[[str], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self.pages = {site["host"]: DemoPages(site, today, days, per_day) for site in json.loads(text_of("sites.json"))}
        self.aliases = {alias: host for host, pages in self.pages.items() for alias in pages.site["aliases"]}
        self.log, self.answered = log, 0
        super().__init__((bind, port), self.handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.origins = ",".join(f"{host}={self.url}" for host in (*self.pages, *self.aliases))
        self._thread = Thread(target=self.serve_forever, args=(_POLL_SECONDS,))

    @override
    def __enter__(self) -> Self:
        self._thread.start()
        return self

    @override
    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def document(self, host: str, target: str) -> Document:
        """What stands at an address."""
        if host not in self.pages and host not in self.aliases:
            return self._local(target)
        self.answered += 1
        if host in self.aliases:
            return Document(b"", status=301, location=f"https://{self.aliases[host]}{target}")
        return self.pages[host].document(target)

    def _local(self, target: str) -> Document:
        """What people see who open the server in a browser: a start page, and each site below the name of its host."""
        host, _, rest = target.removeprefix("/").partition("/")
        if host in self.pages:
            document = self.pages[host].document(f"/{rest}")
            body = re.sub(b'="((https:)?//%s)?/' % host.encode(), b'="/%s/' % host.encode(), document.body)
            return replace(document, body=body, location=document.location.replace("https:/", ""))
        start = text_of("start.html").replace("$origins", self.origins)
        return Document(start.encode(), status=404 if host else 200)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # clients come and go
            super().handle_error(request, client_address)

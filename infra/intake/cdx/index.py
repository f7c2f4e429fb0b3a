"""Pages from web archives: a CDX index says what was captured of a source, and where its bytes are.

Two kinds are known, by the address of the index: the Wayback Machine's, which gives a page back by address and time,
and Common Crawl's (address ending in `-index`), which says where in which WARC file its record lies.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from infra.base.days import Days, midnight
from infra.base.settings import Settings
from infra.intake.cdx.formats import (
    CdxCapture,
    read_common_crawl,
    read_page_count,
    read_wayback,
    timestamp_of,
)
from infra.intake.cdx.pages import Client, get_page
from infra.intake.web.addresses import own_host
from infra.intake.web.fetching import FetchError
from parsers.fields.urls import address_key, host_of, on_hosts, parse_url
from parsers.record.capture import Capture
from parsers.source.definition import Source

__all__ = ["CdxCapture", "CdxIndex"]

# Most pages are captured within a week of being published; those of later captures are found by asking for later days.
LOOKAHEAD: Final = timedelta(days=7)
PAGE_LINES: Final = 10_000  # lines of a Wayback index asked for at once: 2 MB
# Answers of an index to one question. 500,000 lines are more than any source publishes in the days of one question;
# Common Crawl's pages of 15,000 lines hold all that a crawl has of a host, and the largest news sites have some 40.
MAX_PAGES: Final = 50
MAX_INDEX_BYTES: Final = 32 << 20  # a page of Common Crawl's index takes some 7 MB
NO_CAPTURES: Final = 404  # pywb's answer where an index has nothing
COMMON_CRAWL: Final = ("index.commoncrawl.org", "https://data.commoncrawl.org/")  # its index and pages differ in host


@dataclass(frozen=True, slots=True)
class CdxIndex:
    """A CDX index and the archive behind it."""

    index_url: str
    pages_url: str  # what the address of a page, or of a WARC file, is appended to
    max_page_bytes: int  # after decoding

    @classmethod
    def from_settings(cls, settings: Settings) -> "CdxIndex | None":
        """The index that the settings name, if any."""
        if not settings.cdx_url:
            return None
        pages_url = settings.cdx_pages_url or _usual_pages_url(settings.cdx_url)
        return cls(settings.cdx_url, pages_url.rstrip("/") + "/", settings.max_page_bytes)

    def captures(self, source: Source, days: Days, client: Client) -> tuple[list[CdxCapture], list[str]]:
        """Pages of a source captured on publication days or in the week after, the earliest of each, by time; alarms.

        An index that is down or answers nonsense is an alarm, not an error.
        """
        start, end = midnight(days.start), midnight(days.end) + LOOKAHEAD
        alarms: list[str] = []
        found: dict[str | None, CdxCapture] = {}
        for host in source.hosts:
            for capture in self._listed(host, start, end, client, alarms):
                if _is_wanted(capture, source) and start <= capture.captured_at < end:
                    known = found.setdefault(address_key(capture.url), capture)
                    if capture.captured_at < known.captured_at:
                        found[address_key(capture.url)] = capture
        return sorted(found.values(), key=lambda each: (each.captured_at, each.url)), alarms

    def get(self, capture: CdxCapture, client: Client) -> Capture:
        """See `get_page`."""
        return get_page(capture, self.pages_url, self.max_page_bytes, client)

    def _listed(
        self, host: str, start: datetime, end: datetime, client: Client, alarms: list[str]
    ) -> Iterator[CdxCapture]:
        """What the index has, answer by answer, until its end, a failure or the limit."""
        asked = {
            "url": host,
            "matchType": "domain",
            "from": timestamp_of(start),
            "to": timestamp_of(end - timedelta(seconds=1)),  # inclusive
            "output": "json",
        }
        try:
            if _is_common_crawl(self.index_url):
                yield from self._numbered_pages(asked, client, alarms)
            else:
                yield from self._resumed_pages(asked, client, alarms)
        except FetchError as error:
            if error.status != NO_CAPTURES:
                alarms.append(f"{self.index_url}: {error} (captures of {host})")
        except ValueError as error:
            alarms.append(f"{self.index_url} gives no answer of its kind: {error} (captures of {host})")

    def _resumed_pages(self, asked: dict[str, str], client: Client, alarms: list[str]) -> Iterator[CdxCapture]:
        """Of a Wayback index: each answer says with which key the next one begins."""
        asked |= {
            "filter": "statuscode:200",
            "fl": "timestamp,original,mimetype,statuscode",
            "collapse": "urlkey",  # of captures of one address the first
            "limit": str(PAGE_LINES),
            "showResumeKey": "true",
        }
        for _ in range(MAX_PAGES):
            captures, resume_key = read_wayback(self._ask(asked, client))
            yield from captures
            if resume_key is None or resume_key == asked.get("resumeKey"):
                return
            asked["resumeKey"] = resume_key
        alarms.append(self._beyond_limit(asked))

    def _numbered_pages(self, asked: dict[str, str], client: Client, alarms: list[str]) -> Iterator[CdxCapture]:
        """Of Common Crawl's index: pages are counted first. They are sorted by address, so all have to be read."""
        asked |= {"filter": "=status:200"}
        count = read_page_count(self._ask({**asked, "showNumPages": "true"}, client))
        for number in range(min(count, MAX_PAGES)):
            yield from read_common_crawl(self._ask({**asked, "page": str(number)}, client))
        if count > MAX_PAGES:
            alarms.append(self._beyond_limit(asked))

    def _beyond_limit(self, asked: Mapping[str, str]) -> str:
        return f"{self.index_url} has more than {MAX_PAGES} pages of captures of {asked['url']}: the rest was not read"

    def _ask(self, asked: Mapping[str, str], client: Client) -> bytes:
        url = f"{self.index_url}?{urlencode(asked)}"
        return client.get(url, max_bytes=MAX_INDEX_BYTES, hosts=own_host(self.index_url)).body


def _is_wanted(capture: CdxCapture, source: Source) -> bool:
    parsed = parse_url(capture.url)
    is_article = not (source.article_url and parsed) or source.article_url.search(f"{parsed.pathname}{parsed.search}")
    return bool(is_article) and on_hosts(host_of(capture.url), source.hosts)


def _is_common_crawl(index_url: str) -> bool:
    return urlsplit(index_url).path.rstrip("/").endswith("-index")


def _usual_pages_url(index_url: str) -> str:
    """Where pages are if the settings do not say: at the index's own host, except for Common Crawl's."""
    parts = urlsplit(index_url)
    if parts.hostname == COMMON_CRAWL[0]:
        return COMMON_CRAWL[1]
    return f"{parts.scheme}://{parts.netloc}/" + ("" if _is_common_crawl(index_url) else "web/")

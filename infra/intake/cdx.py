"""Pages from web archives: a CDX index says what was captured of a source, and where its bytes are.

A CDX server as the Wayback Machine has it answers with a JSON array of rows, the first of which names the columns; if
there is more, an empty row and a row with a resume key end it. Its pages are given by address and time.
https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urljoin

import orjson

from infra.archive.raw_index import timestamp_of
from infra.base.days import Days, midnight
from infra.base.settings import Settings
from infra.intake.files.stated import instant_of
from infra.intake.web.addresses import own_host
from infra.intake.web.fetching import FetchError, FetchReason, page_capture
from infra.intake.web.polite_client import PoliteClient
from parsers.fields.urls import address_key, canonical, host_of, on_hosts, parse_url
from parsers.record.capture import Capture, CapturedAtBasis
from parsers.source.definition import Source

OK: Final = "200"
HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
# Most pages are captured within a week of being published; those of later captures are found by asking for later days.
LOOKAHEAD: Final = timedelta(days=7)
PAGE_LINES: Final = 10_000  # lines of a Wayback index asked for at once: 2 MB
# Answers of an index to one question. 500,000 lines are more than any source publishes in the days of one question.
MAX_PAGES: Final = 50
MAX_INDEX_BYTES: Final = 32 << 20  # so many lines of the longest addresses, 3 KB each
REPLAYED: Final = re.compile(r"/([0-9]{14})id_/(.+)")
OF_THE_PAGE: Final = "x-archive-orig-"  # Wayback's prefix for the headers that the page came with


@dataclass(frozen=True, slots=True)
class CdxCapture:
    """One capture that an index knows."""

    url: str  # canonical
    original: str  # as the index has it
    captured_at: datetime  # aware, UTC, to the second


def read_wayback(body: bytes) -> tuple[list[CdxCapture], str | None]:
    """HTML pages of status 200 in an answer of a Wayback CDX server, and the key to ask for what follows."""
    rows = orjson.loads(body) if body.strip() else []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError("not a JSON array of arrays")
    resume_key = None
    if len(rows) > 1 and rows[-2] == [] and len(rows[-1]) == 1:
        resume_key = str(rows[-1][0])
        rows = rows[:-2]
    names = [str(name) for name in rows[0]] if rows else []
    captures = (_capture(dict(zip(names, row, strict=False))) for row in rows[1:])
    return [capture for capture in captures if capture], resume_key


def _capture(line: Mapping[str, Any]) -> CdxCapture | None:
    original, captured_at = line.get("original"), instant_of(line.get("timestamp"))
    if str(line.get("statuscode")) != OK or str(line.get("mimetype")).lower() not in HTML_TYPES:
        return None
    if not isinstance(original, str) or captured_at is None or (url := canonical(original)) is None:
        return None
    return CdxCapture(url, original, captured_at)


class CdxIndex:
    """The CDX index that the settings name, and the archive behind it."""

    def __init__(self, settings: Settings) -> None:
        self.index_url = settings.cdx_url
        self.pages_url = urljoin(settings.cdx_url, "/web/")  # what time and address of a page are appended to
        self.max_page_bytes = settings.max_page_bytes  # after decoding

    def captures(self, source: Source, days: Days, client: PoliteClient) -> tuple[list[CdxCapture], list[str]]:
        """Pages of a source captured on publication days or in the week after, the earliest of each; alarms."""
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

    def get(self, capture: CdxCapture, client: PoliteClient) -> Capture:
        """The page of a capture; FetchError (ARCHIVE_DAMAGED) where the archive gives another."""
        # `id_` asks for the bytes as they were archived.
        url = f"{self.pages_url}{timestamp_of(capture.captured_at)}id_/{capture.original}"
        answer = client.get(url, max_bytes=self.max_page_bytes, hosts=own_host(self.pages_url))
        replayed = REPLAYED.search(answer.final_url)  # the capture nearest to what was asked for
        captured_at = instant_of(replayed[1]) if replayed else None
        if replayed is None or captured_at is None:
            raise FetchError(FetchReason.ARCHIVE_DAMAGED, f"the archive gives no capture, but {answer.final_url}")
        original = replayed[2]
        if address_key(original) != address_key(capture.url):
            raise FetchError(FetchReason.ARCHIVE_DAMAGED, f"the record of {capture.url} is one of {original}")
        headers = ((name, value) for name, value in answer.headers if name.lower().startswith(OF_THE_PAGE))
        return replace(
            page_capture(original, answer, truncated=answer.maybe_truncated),
            captured_at=captured_at,
            captured_at_basis=CapturedAtBasis.WARC,
            http_headers=tuple((name[len(OF_THE_PAGE) :], value) for name, value in headers),
            request_headers=(),
            final_url=None,
        )

    def _listed(
        self, host: str, start: datetime, end: datetime, client: PoliteClient, alarms: list[str]
    ) -> Iterator[CdxCapture]:
        """What the index has, answer by answer, until its end, a failure or the limit."""
        asked = {
            "url": host,
            "matchType": "domain",
            "from": timestamp_of(start),
            "to": timestamp_of(end - timedelta(seconds=1)),  # inclusive
            "output": "json",
            "filter": "statuscode:200",
            "fl": "timestamp,original,mimetype,statuscode",
            "collapse": "urlkey",  # of captures of one address the first
            "limit": str(PAGE_LINES),
            "showResumeKey": "true",
        }
        try:
            for _ in range(MAX_PAGES):
                url = f"{self.index_url}?{urlencode(asked)}"
                answer = client.get(url, max_bytes=MAX_INDEX_BYTES, hosts=own_host(url))
                captures, resume_key = read_wayback(answer.body)
                yield from captures
                if resume_key is None or resume_key == asked.get("resumeKey"):
                    return
                asked["resumeKey"] = resume_key
        except FetchError as error:
            if error.status != HTTPStatus.NOT_FOUND:  # pywb's answer where an index has nothing
                alarms.append(f"{self.index_url}: {error} (captures of {host})")
        except ValueError as error:
            alarms.append(f"{self.index_url} gives no answer of its kind: {error} (captures of {host})")
        else:
            told = f"more than {MAX_PAGES} pages of captures of {host}: the rest was not read"
            alarms.append(f"{self.index_url} has {told}")


def _is_wanted(capture: CdxCapture, source: Source) -> bool:
    parsed = parse_url(capture.url)
    is_article = not (source.article_url and parsed) or source.article_url.search(f"{parsed.pathname}{parsed.search}")
    return bool(is_article) and on_hosts(host_of(capture.url), source.hosts)

"""Asks for the feeds, sitemaps and listings of a source: each once, by conditional GET, with a report of each.

Those that a site itself names are sitemaps in its robots files, and feeds on its home page.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from infra.base.inflate import inflate
from infra.intake.web.fetching import Answer, FetchError, FetchReason
from infra.intake.web.polite_client import PoliteClient
from infra.work.live.discovery_state import DiscoveryState, Remembered
from parsers.fields.urls import host_of, parse_url
from parsers.lists.links import Reading, UnreadableError
from parsers.source.definition import Source
from parsers.source.discovery import Link, Sitemap

# Failures that the next address of the host would meet too.
_HOST_WIDE: Final = frozenset(
    {FetchReason.BUDGET, FetchReason.HOST_DOWN, FetchReason.ROBOTS_UNREACHABLE, FetchReason.TLS}
)
_ABSENT: Final = frozenset({404, 410})
# What a site says of a list that was guessed and is not there; with no reason, a page is in its place.
_NOT_THERE: Final = frozenset({None, FetchReason.STATUS, FetchReason.ROBOTS, FetchReason.EMPTY})
# Failures that leave the beginning of the answer.
_BROKEN_OFF: Final = frozenset({FetchReason.TRUNCATED, FetchReason.ENCODING, FetchReason.TIMEOUT})
# A site that is being rebuilt has lost a list for hours; until this is over, a day can't be called whole without it.
GONE_FOR_GOOD: Final = timedelta(days=2)
# Sites move their feeds when they are rebuilt, every few years: after a week, one that moved is found again before its
# old address was gone for long, and the home page is asked for as often as a reader would in a week.
LOOK_AGAIN: Final = timedelta(days=7)
MAX_LIST_BYTES: Final = 64 << 20  # unpacked: more than the largest list that is asked for


class FeedStatus(StrEnum):
    """What came of asking for a feed, sitemap or listing."""

    READ = "read"
    UNCHANGED = "unchanged"  # as remembered: the server says so, or the bytes are the same
    FAILED = "failed"  # no answer
    REJECTED = "rejected"  # an answer that is not what it should be


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What came of asking for one feed, sitemap or listing."""

    url: str
    status: FeedStatus
    links: int = 0  # how many links to articles it has, of any day
    detail: str = ""  # why it failed or was rejected, or what of it was not read
    reason: FetchReason | None = None
    whole: bool = True  # whether all that it lists was read

    @property
    def was_had(self) -> bool:
        """Whether it is known what the list holds, if only in part."""
        return self.status in (FeedStatus.READ, FeedStatus.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Reader:
    """How a list is read."""

    name: str  # the reader with its options; what was remembered under another name is not used
    read: Callable[[bytes, str], Reading]  # from body and address that answered; raises UnreadableError
    max_bytes: int | None = None  # largest body that is asked for; None: as for pages


class ListClient:
    """Asks for lists of one source; what is asked for again gives the same reading without a request."""

    def __init__(
        self, client: PoliteClient, source: Source, state: DiscoveryState, usable: Callable[[Link], bool], today: date
    ) -> None:
        self.reports: list[FeedReport] = []
        self.host_failed = False
        self._client = client
        self._source = source
        self._state = state
        self._usable = usable
        self._today = today
        self._read: dict[str, Reading | None] = {}
        self._unchanged: set[str] = set()

    def was_asked(self, url: str) -> bool:
        """Whether the list was asked for already."""
        return url in self._read

    def read(self, url: str, reader: Reader, *, may_be_absent: bool = False) -> Reading | None:
        """What a list holds now; None where it can't be had or read, which its report says."""
        if url not in self._read:
            self._read[url], report = self._asked(url, reader, may_be_absent)
            self._note(report)
            if report.status is FeedStatus.UNCHANGED:
                self._unchanged.add(url)
        return self._read[url]

    def named_on(self, url: str, reader: Reader) -> tuple[str, ...]:
        """Lists that a page names, or did when it was last read; a failure is told, and leaves no list unread."""
        known = self._state.get(url, reader.name)
        if known is None or not self._is_fresh(known):
            reading, report = self._asked(url, reader, may_be_absent=False)
            known = self._state.get(url, reader.name)
            if reading is None:
                self._note(replace(report, whole=True))
            elif known:
                known = replace(known, looked_on=self._today.isoformat())
                self._state.remember(url, known)
        return tuple(child.url for child in known.children) if known else ()

    def is_there(self, url: str, reader: Reader) -> bool:
        """Whether a list that nobody names is there; if not, nothing lacks, and it is left alone for a while."""
        known = self._state.get(url, reader.name)
        if known and known.is_absent and self._is_fresh(known):
            return False
        reading = self.read(url, reader, may_be_absent=True)
        if reading and (reading.links or reading.children):
            return True
        report = self.reports.pop()
        if report.reason in _NOT_THERE:
            absent = Remembered(reader.name, digest="", is_absent=True, looked_on=self._today.isoformat())
            self._state.remember(url, absent)
        else:
            self._note(replace(report, whole=True))
        return False

    def own_sitemaps(self, reader: Reader) -> list[Sitemap]:
        """The sitemaps that the robots files of the source's hosts name, or that are where most are; of news first."""
        found: list[str] = []
        hosts = self._source.hosts
        for home in (f"https://{host}/" for host in hosts):
            try:
                found += self._client.sitemaps(home, self._source)
            except FetchError as error:  # of hosts that articles were on before, none needs to be there any more
                whole = home != f"https://{hosts[0]}/"
                self._note(replace(_failure(f"{home}robots.txt", error), whole=whole))
        if not found and not self.host_failed:
            found = [url for place in PLACES if self.is_there(url := f"https://{hosts[0]}{place}", reader)]
        named = sorted(dict.fromkeys(filter(OF_ARTICLES.search, found)), key=lambda url: not is_of_news(url))
        return [Sitemap(url, children=OF_ARTICLES, dated=DATED) for url in named]

    def is_beyond_end(self, url: str, previous: str, reader: Reader) -> bool:
        """Whether a page of a listing, newest first, was missing, and the page before it has not changed since."""
        known = self._state.get(url, reader.name)
        return known is not None and known.is_absent and previous in self._unchanged

    def note_lack(self, url: str, detail: str) -> None:
        """Say what was left out of a list."""
        self.reports = [
            replace(report, detail=_joined(report.detail, detail), whole=False) if report.url == url else report
            for report in self.reports
        ]

    def _note(self, report: FeedReport) -> None:
        self.reports.append(report)
        self.host_failed = report.reason in _HOST_WIDE

    def _is_fresh(self, known: Remembered) -> bool:
        return bool(known.looked_on) and self._today - date.fromisoformat(known.looked_on) < LOOK_AGAIN

    def _asked(self, url: str, reader: Reader, may_be_absent: bool) -> tuple[Reading | None, FeedReport]:
        known = self._state.get(url, reader.name)
        hosts = (*self._source.hosts, *self._source.list_hosts, *filter(None, [host_of(url)]))
        conditions = known.conditions if known else {}
        try:
            answer = self._client.get(
                url, source=self._source, headers=conditions, max_bytes=reader.max_bytes, hosts=hosts
            )
        except FetchError as error:
            if error.status in _ABSENT:
                return self._absent(url, reader, known, error, may_be_absent)
            return _failed(url, reader, error)
        digest = hashlib.sha256(answer.body).hexdigest()
        if known and (answer.status == 304 or digest == known.digest):  # noqa: PLR2004 - Not Modified
            self._state.remember(url, replace(known, gone_since=""))
            reading = Reading(known.links, known.children, lacking=known.lacking)
            return reading, _report(url, FeedStatus.UNCHANGED, reading)
        try:
            reading = _reading_of(answer.body, answer.final_url, reader)
        except UnreadableError as error:
            return None, FeedReport(url, FeedStatus.REJECTED, detail=str(error), whole=False)
        lost = self._keep(url, known, _remembered(reader, digest, answer, reading))
        return reading, _report(url, FeedStatus.READ, replace(reading, lacking=_joined(lost, reading.lacking)))

    def _absent(
        self, url: str, reader: Reader, known: Remembered | None, error: FetchError, may_be: bool
    ) -> tuple[Reading | None, FeedReport]:
        """What a list that is missing means: its end, or something that may pass, until it is gone for days."""
        if may_be:
            self._state.remember(url, Remembered(reader.name, digest="", is_absent=True))
            return Reading(), FeedReport(url, FeedStatus.READ, detail=f"no such page ({error.status})")
        known = known or Remembered(reader.name, digest="")
        since = date.fromisoformat(known.gone_since) if known.gone_since else self._today
        self._state.remember(url, replace(known, gone_since=since.isoformat()))
        return None, replace(_failure(url, error), whole=self._today - since >= GONE_FOR_GOOD)

    def _keep(self, url: str, known: Remembered | None, read: Remembered) -> str:
        """Remember a list; the words for it where it lost all that it had, which it never did before."""
        had = self._size(known) if known else 0
        has_any = self._size(read) > 0
        if known is None or has_any or known.may_be_empty or not had:
            may_be_empty = not has_any or (known is not None and (known.may_be_empty or known.is_empty))
            self._state.remember(url, replace(read, may_be_empty=may_be_empty))
            return ""
        # What it had stays, so that the alarm is raised until it has some again; it is fetched whole until then.
        emptied = replace(known, digest="", etag=None, last_modified=None, is_empty=True, gone_since="")
        self._state.remember(url, emptied)
        return f"it had {had:,} links before, and has none now"

    def _size(self, of: Remembered) -> int:
        return sum(map(self._usable, of.links)) + len(of.children)


def _failure(url: str, error: FetchError) -> FeedReport:
    whole = error.reason is FetchReason.ROBOTS  # what the site forbids is not lacking
    return FeedReport(url, FeedStatus.FAILED, detail=str(error), reason=error.reason, whole=whole)


def _failed(url: str, reader: Reader, error: FetchError) -> tuple[Reading | None, FeedReport]:
    if error.answer and error.answer.body and error.reason in _BROKEN_OFF:
        with suppress(UnreadableError):
            reading = _reading_of(error.answer.body, error.answer.final_url, reader)
            reading = replace(reading, lacking=_joined(str(error), reading.lacking))
            if reading.links or reading.children:
                return reading, _report(url, FeedStatus.READ, reading)
    return None, _failure(url, error)


def _reading_of(body: bytes, base: str, reader: Reader) -> Reading:
    body, inflater = inflate(body, None, MAX_LIST_BYTES)
    reading = reader.read(body, base)
    return replace(reading, lacking=_joined(inflater.damage, reading.lacking))


def _remembered(reader: Reader, digest: str, answer: Answer, reading: Reading) -> Remembered:
    # One that was not read whole is fetched whole again: it may have been cut on the way.
    etag, modified = (None, None) if reading.lacking else (answer.header("ETag"), answer.header("Last-Modified"))
    return Remembered(reader.name, digest, etag, modified, reading.links, reading.children, reading.lacking)


def _report(url: str, status: FeedStatus, reading: Reading) -> FeedReport:
    return FeedReport(url, status, len(reading.links), reading.lacking, whole=not reading.lacking)


def _joined(*remarks: str | None) -> str:
    return "; ".join(filter(None, remarks))


# Where plugins and Google's examples put sitemaps; asked only where the robots file names none.
PLACES: Final = ("/news-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
# Month or day in the address of a sitemap: `sitemap-2024-05.xml`, `ap-sitemap-202405.xml`, `?yyyy=2024&mm=05&dd=02`.
DATED: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:[-_/.]|&(?:amp;)?m+=)?(?P<month>0[1-9]|1[0-2])"
    r"(?:(?:[-_/.]|&(?:amp;)?d+=)?(?P<day>0[1-9]|[12]\d|3[01]))?(?!\d)"
)
# WordPress, Yoast and others keep a sitemap for each kind of page.
OF_ARTICLES: Final = re.compile(
    r"^(?!.*(?:categor(?:y|ies)|tags?|authors?|users|images?|videos?|taxonom(?:y|ies)|products?)[-_]*sitemap"
    r"|.*sitemaps?[-_](?:taxonomies|users|categor(?:y|ies)|tags?|authors?|images?|videos?)\b)",
    re.I,
)
# Below that many links, a sitemap whose times say nothing costs little; of more, half at one moment is no newsroom.
FEW: Final = 100


def is_of_news(url: str) -> bool:
    """Whether a sitemap is of news by its address; its entries say for certain."""
    parsed = parse_url(url)
    return parsed is not None and "news" in f"{parsed.pathname}{parsed.search}".lower()


def with_telling_times(reading: Reading) -> Reading:
    """A sitemap without its times where most are one and the same: when it was made, not when its pages changed."""
    times = Counter(link.hint for link in reading.links)
    if len(reading.links) < FEW or max(times.values()) <= len(reading.links) / 2:
        return reading
    return replace(reading, links=tuple(replace(link, hint=None) for link in reading.links))

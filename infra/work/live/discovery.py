"""Discovery: which addresses a source lists for some days. Only feeds, sitemaps and listings are fetched.

A hint chooses the links; the date of the article itself decides in the end. A link belongs to the days if
- it was published in them, give or take three hours; or its last change, if only that is known, is not before them;
- or nothing is known, and the days are among the newest, or the address of the list says that it is of them.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import TimeoutError as DeadlinePassedError
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from pebble import ProcessExpired, ProcessPool

from infra.base.days import Days, midnight
from infra.base.stop import StoppedError, result_of
from infra.intake.web.polite_client import PoliteClient
from infra.work.live.discovery_state import DiscoveryState
from infra.work.live.list_client import FeedReport, ListClient, Reader, is_of_news, with_telling_times
from infra.work.parse_pool import forkserver
from parsers.fields.urls import host_of, identity, is_home, on_hosts, parse_url
from parsers.lists.feeds import read_feed, read_listing, read_named_feeds, read_sitemap
from parsers.lists.links import Reading, UnreadableError
from parsers.reading.page_kinds import OTHER_ADDRESS
from parsers.source.definition import Source
from parsers.source.discovery import DayArchive, Discovery, Feed, Link, NewsSitemap, OwnLists, Sitemap

ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
NEWS_DAYS: Final = 1  # before today: news sitemaps hold the last two days, by the protocol
NEWS_ENTRIES: Final = 1_000  # the most that a news sitemap may hold, by the protocol
# Old stories that an editor has pinned stay in a feed: so many of its oldest entries are not believed.
PINNED: Final = 2
ENTRIES_A_PINNED: Final = 10


class Reach:
    """How far back the lists of a source reach: feeds and news sitemaps forget, so reading them whole is not enough."""

    def __init__(self, today: date) -> None:
        self._today = today
        self.has_all = False  # a list of everything, as its source declares
        self._until = ALWAYS  # the newest entry of sitemaps that nobody vouches for
        self._feeds: list[tuple[datetime | None, str]] = []
        self._news: list[tuple[datetime | None, str]] = []

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
        if self.has_all or self._until >= midnight(day) + timedelta(days=1):
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


# Feeds state when an entry was sent, pages when its text was published first: an hour or two apart; a slip over
# summer time is one hour. Nothing is lost by less where every day is asked for: a link is of one day at least.
MARGIN: Final = timedelta(hours=3)
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)  # before the web; 1970 is the zero of a clock
AHEAD: Final = timedelta(days=2)  # a zone that is left out makes 14 hours, a clock that is wrong a day
MAX_SITEMAP_LEVELS: Final = 3  # an index, an index in it, and its sitemaps; the protocol knows one index
# Sitemaps of one declaration that are read in a run, at a second each: twenty years of weekly ones, and half of the
# requests that a day may take. Only those count that may hold links of the days.
MAX_CHILDREN: Final = 1_000
# The HTTP client gives up what is larger than asked for; of a list somewhat over the limit all up to it is read.
LIST_REQUEST_BYTES: Final = 64 << 20
LISTING_SECONDS: Final = 10.0  # for reading one, as a page has by default


class Drop(StrEnum):
    """Why a link is left out, besides the reasons of `parsers.lists.links.Unusable`."""

    DUPLICATE = "duplicate"  # given already: the same article is in several feeds, or twice in one
    OFF_SITE = "off_site"  # on a host that is not the source's
    NOT_ARTICLE_URL = "not_article_url"  # not of the form that articles of the source have
    OTHER_DAY = "other_day"  # its hint says so
    UNDATED = "undated"  # without a hint, and the days are not the newest


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a source lists for some days."""

    links: tuple[Link, ...]  # canonical, on the source's hosts, each article once; guesses last
    dropped: Counter[str]  # mentions that gave no link, by `Drop` and `Unusable`
    feeds: tuple[FeedReport, ...]
    alarms: tuple[str, ...]  # for a person: a list of which only a part was read
    state: DiscoveryState  # to be saved once the pages are safe
    listed_in: Mapping[str, str]  # the list that names a link first, by the link's address
    reach: Reach  # how far back all that is


def discover(source: Source, days: Days, client: PoliteClient, state: DiscoveryState, *, today: date) -> Discovered:
    """Ask all lists that a source declares for the links of some days. What fails is reported; the others are asked."""
    run = _Run(source, days, client, state, today)
    for declaration in source.discovery:
        run.ask(declaration)
    dropped = Counter({str(reason): number for reason, number in run.dropped.items()})  # plain words, which JSON takes
    feeds = tuple(run.lists.reports)
    alarms = tuple(f"{feed.url}: {feed.detail}" for feed in feeds if feed.was_had and not feed.whole)
    return Discovered(run.in_order(), dropped, feeds, alarms, state, run.listed_in, run.reach)


class _Run:
    def __init__(self, source: Source, days: Days, client: PoliteClient, state: DiscoveryState, today: date) -> None:
        self.links: dict[str, Link] = {}  # by what identifies the article
        self.listed_in: dict[str, str] = {}
        self.dropped: Counter[str] = Counter()
        self.lists = ListClient(client, source, state, lambda link: self._fault(link) is None, today)
        self.reach = Reach(today)
        self._source = source
        self._today = today
        self._names_itself = OwnLists() in source.discovery
        self._start = midnight(days.start) - MARGIN
        self._end = midnight(days.end) + MARGIN
        self._first = days.start
        self._are_newest = days.end >= today  # yesterday or today is among them
        self._local_days = local_days(days, source.timezone)
        zone = source.timezone
        self._feed = Reader(f"feed {zone}", partial(read_feed, zone=zone), LIST_REQUEST_BYTES)
        self._sitemap = Reader(f"sitemap {zone}", partial(read_sitemap, zone=zone), LIST_REQUEST_BYTES)

    def ask(self, declaration: Discovery) -> None:
        match declaration:
            case Feed(url):
                if reading := self._read(url, self._feed):
                    self._take(url, reading)
                    self.reach.note_feed(url, reading)
            case NewsSitemap(url):
                self.reach.note_news(url, self._ask_sitemap(Sitemap(url)))
            case Sitemap():
                self._ask_sitemap(declaration)
                self.reach.has_all = True
            case DayArchive():
                self._ask_archive(declaration)
                self.reach.has_all = True
            case OwnLists():
                self._ask_own_lists()

    def in_order(self) -> tuple[Link, ...]:
        """The links, the likeliest to be of the days first."""
        links = sorted(self.links.values(), key=lambda link: link.hint or EARLIEST)
        return tuple(sorted(links, key=lambda link: not (link.hint and link.hint_is_publication)))

    def _ask_own_lists(self) -> None:
        """Sitemaps of all there is may be large: they are read where no news sitemap reaches back over the days."""
        for sitemap in self.lists.own_sitemaps(self._sitemap):
            if not is_of_news(sitemap.url) and not self.reach.gap(self._first):
                break
            span = dated_span(sitemap.url, sitemap)
            if span and not self._overlaps(span):
                continue
            leaves = self._ask_sitemap(sitemap, is_own=True)
            if any(link.hint and link.hint_is_publication for leaf in leaves for link in leaf.links):
                self.reach.note_news(sitemap.url, leaves)
            else:
                self.reach.note_found(leaves)
        if not self.lists.host_failed:
            reader = Reader("named feeds", partial(read_within, LISTING_SECONDS, read_named_feeds))
            for url in self.lists.named_on(f"https://{self._source.hosts[0]}/", reader):
                self.ask(Feed(url))

    def _ask_sitemap(self, sitemap: Sitemap, *, is_own: bool = False) -> list[Reading]:
        """What holds links, level by level, so that a cap on their number cuts the deepest off."""
        is_dated = "%" in sitemap.url and not is_own
        urls = dict.fromkeys(day.strftime(sitemap.url) for day in self._local_days) if is_dated else [sitemap.url]
        is_of_days = is_dated or dated_span(sitemap.url, sitemap) is not None
        level = dict.fromkeys(urls, is_of_days)  # address -> whether all in it is of the days
        leaves: list[Reading] = []
        left = MAX_CHILDREN
        for depth in range(MAX_SITEMAP_LEVELS):
            below: dict[str, bool] = {}
            for url, dated in level.items():
                reading = self._read(url, self._sitemap, may_be_absent=is_dated and depth == 0)
                if self.lists.host_failed:
                    return leaves
                if reading is None:
                    continue
                if is_own:
                    reading = with_telling_times(reading)
                self._take(url, reading, dated=dated, is_new=not is_own)
                if not reading.children:
                    leaves.append(reading)
                children = self._children(reading, sitemap, dated)
                if children and depth == MAX_SITEMAP_LEVELS - 1:
                    self.lists.note_lack(url, f"sitemaps more than {MAX_SITEMAP_LEVELS} levels deep are not read")
                elif len(children) > left:
                    self.lists.note_lack(
                        url, f"{left:,} of {len(children):,} sitemaps in it are read, last changed first"
                    )
                taken = dict(list(children.items())[:left])
                left -= len(taken)
                below |= taken
            level = below
        return leaves

    def _children(self, reading: Reading, sitemap: Sitemap, parent_is_dated: bool) -> dict[str, bool]:
        wanted = {}
        last_changed_first = sorted(reading.children, key=lambda child: child.hint or EARLIEST, reverse=True)
        for child in last_changed_first:
            hosts = (*self._source.hosts, *self._source.list_hosts, host_of(sitemap.url) or "")
            if not on_hosts(host_of(child.url), hosts):
                self.dropped[Drop.OFF_SITE] += 1
            elif sitemap.children and not sitemap.children.search(child.url):
                continue
            elif self.lists.was_asked(child.url) or (child.hint and child.hint < self._start):
                continue  # an index that holds itself; or all in it was published, and changed, before the days
            elif (span := dated_span(child.url, sitemap)) is None:
                wanted[child.url] = parent_is_dated
            elif self._overlaps(span):
                wanted[child.url] = True
        return wanted

    def _overlaps(self, span: tuple[date, date]) -> bool:
        return span[0] <= self._local_days[-1] and self._local_days[0] <= span[1]

    def _ask_archive(self, archive: DayArchive) -> None:
        """The pages of each day, until one can't be had or has no link that those before it have not."""
        read = partial(read_listing, links=archive.links)
        reader = Reader(f"listing {archive.links}", partial(read_within, LISTING_SECONDS, read))
        for address in (day.strftime(archive.url) for day in self._local_days):
            seen: set[str] = set()
            url = ""
            for number in range(1, archive.pages + 1 if "{page}" in address else 2):
                previous, url = url, address.replace("{page}", str(number))
                if self.lists.is_beyond_end(url, previous, reader):
                    break
                reading = self._read(url, reader, may_be_absent=True)
                if self.lists.host_failed:
                    return
                found = {link.url for link in reading.links} - seen if reading else set()
                if reading is None or not found:
                    break
                seen |= found
                self._take(url, reading, dated=True)

    def _take(self, url: str, reading: Reading, *, dated: bool = False, is_new: bool = True) -> None:
        """Keep the links of the days: without a hint those of a `dated` list, and on the newest days what `is_new`."""
        self.dropped.update(reading.unusable)
        for link in reading.links:
            fault = self._fault(link) or self._other_day(link, undated_too=dated or (is_new and self._are_newest))
            if fault:
                self.dropped[fault] += 1
            elif (name := identity(link.url)) in self.links:
                self.dropped[Drop.DUPLICATE] += 1
            else:
                self.links[name] = link
                self.listed_in[link.url] = url

    def _fault(self, link: Link) -> Drop | None:
        parsed = parse_url(link.url)
        if parsed is None or not on_hosts(str(parsed.hostname).rstrip("."), self._source.hosts):
            return Drop.OFF_SITE
        pattern = self._source.article_url
        if pattern and not pattern.search(f"{parsed.pathname}{parsed.search}"):
            return Drop.NOT_ARTICLE_URL
        if pattern is None and self._names_itself and (is_home(link.url) or OTHER_ADDRESS.search(parsed.pathname)):
            return Drop.NOT_ARTICLE_URL
        return None

    def _other_day(self, link: Link, *, undated_too: bool) -> Drop | None:
        if link.hint is None:
            return None if undated_too else Drop.UNDATED
        if link.hint < self._start or (link.hint_is_publication and link.hint >= self._end):
            return Drop.OTHER_DAY
        return None

    def _read(self, url: str, reader: Reader, *, may_be_absent: bool = False) -> Reading | None:
        """What a list holds, without impossible times."""
        reading = self.lists.read(url, reader, may_be_absent=may_be_absent)
        return replace(reading, links=tuple(map(self._plausible, reading.links))) if reading else None

    def _plausible(self, link: Link) -> Link:
        latest = midnight(self._today) + timedelta(days=1) + AHEAD
        return link if link.hint and EARLIEST <= link.hint < latest else replace(link, hint=None)


def local_days(days: Days, zone: str) -> tuple[date, ...]:
    """The days of a time zone that overlap some UTC days, in order."""
    first = midnight(days.start).astimezone(ZoneInfo(zone)).date()
    last = (midnight(days.end) - timedelta.resolution).astimezone(ZoneInfo(zone)).date()
    return tuple(first + timedelta(days=offset) for offset in range((last - first).days + 1))


def dated_span(url: str, sitemap: Sitemap) -> tuple[date, date] | None:
    """The first and the last day of a sitemap by its address; None where that says nothing."""
    match = sitemap.dated.search(url) if sitemap.dated else None
    if match is None:
        return None
    named = match.groupdict()
    year, month, day = int(named["year"]), int(named["month"]), named.get("day")
    try:
        first = date(year, month, int(day or 1))
    except ValueError:  # month 13
        return None
    return first, first if day else first.replace(day=monthrange(year, month)[1])


def read_within(deadline: float, read: Callable[[bytes, str], Reading], body: bytes, base: str) -> Reading:
    """A listing read in a process of its own, with a deadline: its HTML is as hostile as that of any page."""
    with ProcessPool(max_workers=1, context=forkserver()) as pool:
        reading = pool.schedule(read, args=(body, base), timeout=deadline)
        try:
            found: Reading = result_of(reading)
        except DeadlinePassedError as error:
            raise UnreadableError(f"reading it took longer than {deadline:g} seconds") from error
        except StoppedError:
            pool.stop()
            raise
        except ProcessExpired as error:
            raise UnreadableError(f"the process that read it died, exit code {error.exitcode}") from error
    return found

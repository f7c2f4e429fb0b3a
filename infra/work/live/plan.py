"""What is to be done for some days of one source: what is archived, what the source lists, what is left to fetch."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from infra.archive.raw_archive import RawArchive
from infra.archive.staging import Staging
from infra.base.choices import Preference
from infra.base.days import Days
from infra.base.errors import NewslakeError
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.intake.web.polite_client import PoliteClient
from infra.store.object_store import ObjectStore
from infra.work.live.captured import Captured
from infra.work.live.discovery import Discovered, discover
from infra.work.live.discovery_state import DiscoveryState
from infra.work.live.list_client import FeedReport, FeedStatus
from infra.work.parse_pool import source_name_of
from infra.work.reparse.plan import ArchivedChunk, plan_days
from infra.work.run_report import RunReport
from parsers.registry import sources
from parsers.source.definition import Source
from parsers.source.discovery import Link

SEEN: Final = {FeedStatus.READ, FeedStatus.UNCHANGED}


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What a run is to do with the days of a source.

    Attributes:
        prefer: where pages are taken from first; the raw archive is asked before either.
        only_archive: send no request to the source.
        rebuild: parse again all that is archived of these days, not only what no row points to yet.
    """

    prefer: Preference = Preference.ARCHIVE
    only_archive: bool = False
    rebuild: bool = False


@dataclass(frozen=True, slots=True)
class LivePlan:
    """What was found for some days of one source, and what is to be done about it.

    Attributes:
        source: the source.
        days: publication days, UTC.
        today: the present day, UTC.
        order: what is wanted; with `rebuild` where discovery does not reach these days.
        captured: what the archive holds.
        archived: captures of the raw archive to be parsed: all of these days, or those that never landed.
        wanted: links to fetch: neither captured before nor gone.
        found: all links of these days.
        requests: what it took to find out.
        discovered: what discovery says; None where no request may be sent, or no discovery reaches these days.
    """

    source: Source
    days: Days
    today: date
    order: FetchPolicy
    captured: Captured
    archived: tuple[ArchivedChunk, ...]
    wanted: tuple[Link, ...]
    found: tuple[Link, ...]
    requests: int
    discovered: Discovered | None

    @property
    def report(self) -> RunReport:
        """What is known before the first page is fetched."""
        if self.discovered is None:
            return RunReport()
        return RunReport(
            discovered=len(self.found),
            requests=self.requests,
            dropped=self.discovered.dropped + self._captured_before(),
            alarms=(*self.discovered.alarms, *map(_alarm, filter(_failed, self.discovered.feeds))),
        )

    def _captured_before(self) -> Counter[str]:
        known = [link.url for link in self.found if self.captured.has(link.url)]
        return Counter("gone" if self.captured.gone(url) else "captured" for url in known)

    @property
    def lists_were_read(self) -> bool:
        """Whether what discovery says of the days is all there is: nothing may come of asking once more.

        A list that is gone or that nobody can read stays so; it counts as long as another one was read.
        """
        if self.discovered is None or self.discovered.alarms:
            return False
        feeds = self.discovered.feeds
        passing = any(feed.status is FeedStatus.FAILED and feed.reason and not feed.reason.lasting for feed in feeds)
        return not passing and any(feed.status in SEEN for feed in feeds)

    def require_asked(self) -> None:
        """Say it where the source should have been asked, and not one of its lists could be had.

        Raises:
            NewslakeError: it is so. What is archived was landed all the same.
        """
        if self.discovered is None or any(feed.status in SEEN for feed in self.discovered.feeds):
            return
        feed = self.discovered.feeds[0]
        raise NewslakeError(
            f"{self.source.name} could not be asked what it published: {feed.url}: {feed.detail}",
            "Nothing is lost: run it again later. `newslake run --only archive` lands what is archived.",
        )

    def summary(self) -> str:
        """One line for logs and for a dry run."""
        archived = sum(len(chunk.pointers) for chunk in self.archived)
        if self.discovered is None:
            return f"{archived} archived captures to parse; the source is not asked"
        return (
            f"{len(self.found)} links, {len(self.found) - len(self.wanted)} captured before: {len(self.wanted)} to "
            f"fetch; {archived} archived captures to parse"
        )

    def as_json(self) -> dict[str, Any]:
        """For `newslake run --dry-run --json`."""
        return {
            "start": self.days.start,
            "end": self.days.end,
            "archived": sum(len(chunk.pointers) for chunk in self.archived),
            "discovered": len(self.found),
            "dropped": dict(sorted(self.report.dropped.items())),
            "alarms": list(self.report.alarms),
            "fetch": [{"url": link.url, "hint": link.hint} for link in self.wanted],
        }

    def links_by_day(self) -> dict[date, list[Link]]:
        """Found links by the day that they are said to be of; those without a hint, and near misses, by the nearest."""
        last = self.days.end - timedelta(days=1)
        reached = reached_days(self.source, self.days, self.today)
        by_day: dict[date, list[Link]] = {day: [] for day in reached or ()}
        for link in self.found:
            day = link.hint.date() if link.hint else last
            by_day[min(max(day, min(by_day)), last)].append(link)
        return by_day


def _failed(feed: FeedReport) -> bool:
    return feed.status in (FeedStatus.FAILED, FeedStatus.REJECTED)


def _alarm(feed: FeedReport) -> str:
    return f"{feed.url} {feed.status.value}: {feed.detail}"


def make_plan(
    name: str, days: Days, order: FetchPolicy, *, store: ObjectStore, client: PoliteClient, today: date
) -> LivePlan:
    """Look at the archive, and ask the source what it has published. Feeds are fetched for that, but no page.

    Pages that a killed run has staged are archived first: they need not be fetched again.

    Args:
        name: of the source.
        days: publication days.
        order: what is wanted.
        store: of the lake.
        client: asks.
        today: the present day, UTC.

    Raises:
        UsageError: there is no such source.
        NewslakeError: the lake cannot be read.
    """
    source, before = sources()[name], client.budget.used
    _archive_leftovers(store, name, today)
    captured = Captured.load(store, name, days, today=today)
    discovered = None
    reached = reached_days(source, days, today)
    # Where the source can tell nothing more of the days, all there is to do is to make the most of what is archived.
    order = replace(order, rebuild=order.rebuild or reached is None)
    chunks = plan_days(store, [name], days) if order.rebuild else captured.pending_chunks()
    if reached and not order.only_archive:
        discovered = discover(source, reached, client, DiscoveryState.load(store, name), today=today)
    found = discovered.links if discovered else ()
    wanted = tuple(link for link in found if not captured.has(link.url))
    return LivePlan(
        source, days, today, order, captured, tuple(chunks), wanted, found, client.budget.used - before, discovered
    )


def _archive_leftovers(store: ObjectStore, name: str, today: date) -> None:
    staging = Staging(store, name)
    if pages := staging.left_over():
        placed = [(source_name_of(page) or UNKNOWN_SOURCE, page) for page in pages]
        RawArchive(store).add(placed, run_id="staged", worker=f"{today:%Y%m%d}")
    staging.clear()


def reached_days(source: Source, days: Days, today: date) -> Days | None:
    """The days of a range that discovery can know of: feeds have nothing older than the source's horizon.

    Args:
        source: the source.
        days: publication days.
        today: the present day, UTC.

    Returns:
        None where there are none, or where the source has no discovery.
    """
    start = max(days.start, today - timedelta(days=source.horizon_days))
    return Days(start, days.end) if source.discovery and start < days.end else None

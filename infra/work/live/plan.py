"""What to do for some days of one source: what the lake holds, what the source lists, what is left to fetch."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from infra.archive.staging import Staging
from infra.base.choices import Preference
from infra.base.days import Days
from infra.base.errors import NewslakeError
from infra.intake.web.polite_client import PoliteClient
from infra.lake.lake import Lake
from infra.store.object_store import ObjectStore
from infra.work.live.captured import Captured
from infra.work.live.discovery import Discovered, discover
from infra.work.live.discovery_state import DiscoveryState
from infra.work.live.list_client import FeedReport, FeedStatus
from infra.work.reparse.plan import ArchivedChunk, plan_days
from infra.work.run_report import RunReport
from parsers.record.capture import Capture
from parsers.registry import sources
from parsers.source.definition import Source
from parsers.source.discovery import Link

LIVE: Final = "live"  # mode of the coverage that a run leaves which asked the source
SEEN: Final = {FeedStatus.READ, FeedStatus.UNCHANGED}


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What a run may do for the days of a source.

    Attributes:
        prefer: where pages come from first; the raw archive always comes before both.
        only_archive: send no request to the source, neither for lists nor for pages.
        rebuild: parse again all that is archived of these days.
    """

    prefer: Preference = Preference.ARCHIVE
    only_archive: bool = False
    rebuild: bool = False


@dataclass(frozen=True, slots=True)
class LivePlan:
    """What was found for some days of one source, and what to do about it.

    Attributes:
        captured: what need not be fetched.
        archived: captures of the raw archive to parse again.
        staging: where pages wait for the archive.
        staged: pages that a killed run left there.
        requests: what it took to find out.
        discovered: what the lists say; None where no request may be sent, or no list reaches these days.
    """

    source: Source
    days: Days
    today: date
    policy: FetchPolicy
    captured: Captured
    archived: tuple[ArchivedChunk, ...]
    staging: Staging
    staged: tuple[Capture, ...]
    requests: int
    discovered: Discovered | None

    @property
    def found(self) -> tuple[Link, ...]:
        """All links of these days."""
        return self.discovered.links if self.discovered else ()

    @property
    def wanted(self) -> tuple[Link, ...]:
        """Links to fetch: neither captured before nor gone."""
        return tuple(link for link in self.found if not self.captured.has(link.url))

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
        """Whether the lists said all there is, so that asking again gives no more.

        A list that is gone or unreadable stays so; it does not matter as long as another one was read.
        """
        if self.discovered is None or self.discovered.alarms:
            return False
        feeds = self.discovered.feeds
        passing = any(feed.status is FeedStatus.FAILED and feed.reason and not feed.reason.lasting for feed in feeds)
        return not passing and any(feed.status in SEEN for feed in feeds)

    def require_asked(self) -> None:
        """Raise a NewslakeError where none of the source's lists could be had. What is archived has landed by then."""
        if self.discovered is None or any(feed.status in SEEN for feed in self.discovered.feeds):
            return
        feed = self.discovered.feeds[0]
        raise NewslakeError(
            f"{self.source.name} could not be asked what it published: {feed.url}: {feed.detail}",
            "Nothing is lost: run it again later. `newslake run --only archive` lands what is archived.",
        )

    def summary(self) -> str:
        """One line for logs and for a dry run."""
        archived = f"{self._archived} archived captures to parse"
        if self.discovered is None:
            return f"{archived}; the source is not asked"
        wanted = len(self.wanted)
        return f"{len(self.found)} links, {len(self.found) - wanted} captured before: {wanted} to fetch; {archived}"

    @property
    def _archived(self) -> int:
        return sum(len(chunk.pointers) for chunk in self.archived) + len(self.staged)

    def as_json(self) -> dict[str, Any]:
        """For `newslake run --dry-run --json`."""
        return {
            "start": self.days.start,
            "end": self.days.end,
            "archived": self._archived,
            "discovered": len(self.found),
            "dropped": dict(sorted(self.report.dropped.items())),
            "alarms": list(self.report.alarms),
            "fetch": [{"url": link.url, "hint": link.hint} for link in self.wanted],
        }

    def links_by_day(self) -> dict[date, list[Link]]:
        """Found links by their day; those without a hint, and near misses, by the nearest one."""
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
    name: str, days: Days, policy: FetchPolicy, *, store: ObjectStore, client: PoliteClient, today: date
) -> LivePlan:
    """Look into the lake, and ask the source for its lists. No page is fetched, and nothing is written."""
    source, before = sources()[name], client.budget.used
    staging = Staging(store, name)
    staged = tuple(staging.left_over())
    captured = Captured.load(store, name, days, today=today, staged=staged)
    reached = reached_days(source, days, today)
    archived: list[ArchivedChunk] = []
    # Where the source can tell nothing more of the days, all there is to do is to make the most of what is archived.
    if policy.rebuild or reached is None:
        archived = plan_days(store, [name], days)
    elif _is_unfinished(store, name, days, today):  # what is known of these days, the live run says in the end
        archived = [replace(chunk, days=None) for chunk in plan_days(store, [name], days)]
    discovered = None
    if reached and not policy.only_archive:
        discovered = discover(source, reached, client, DiscoveryState.load(store, name), today=today)
    return LivePlan(
        source,
        days,
        today,
        policy,
        captured,
        tuple(archived),
        staging,
        staged,
        client.budget.used - before,
        discovered,
    )


def _is_unfinished(store: ObjectStore, name: str, days: Days, today: date) -> bool:
    """Whether a past day has no coverage of a live run: archived pages may lack their rows, or the rows are lost.

    Today is left out: its runs come often, and their staged pages say what a killed one left.
    """
    past = [day.isoformat() for day in days if day < today]
    manifests = (Lake(store).read_manifest(name, day) for day in past)
    return any(manifest is None or LIVE not in manifest.coverage for manifest in manifests)


def reached_days(source: Source, days: Days, today: date) -> Days | None:
    """The days of a range that discovery can know of; None where there are none.

    Feeds hold nothing older than the source's horizon.
    """
    start = max(days.start, today - timedelta(days=source.horizon_days))
    return Days(start, days.end) if source.discovery and start < days.end else None

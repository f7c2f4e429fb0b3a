"""What to do for some days of one source: what the lake holds, what the source lists, what is left to fetch."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from infra.archive.staging import Staging
from infra.base.days import Days
from infra.base.errors import NewslakeError
from infra.base.measures import span
from infra.intake.web.polite_client import PoliteClient
from infra.lake.accounts import row_key
from infra.lake.fetches import Fetch, FetchOutcome
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import FETCHES
from infra.store.object_store import ObjectStore
from infra.work.live.discovery import Discovered, discover
from infra.work.live.discovery_state import DiscoveryState
from infra.work.live.listed import Captured, Listed, listed_addresses
from infra.work.reparse.reparse import ArchivedChunk, plan_days
from infra.work.run import RunReport
from parsers.record.capture import Capture
from parsers.registry import sources
from parsers.source.definition import Source
from parsers.source.discovery import Link


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What a run may do for the days of a source."""

    only_archive: bool = False  # send no request to the source, neither for lists nor for pages
    rebuild: bool = False  # parse again all that is archived of these days
    pending_too: bool = False  # ask for pending pages that are not due yet


@dataclass(frozen=True, slots=True)
class LivePlan:
    """What was found for some days of one source, and what to do about it."""

    source: Source
    days: Days
    asked_at: datetime  # when the lists were asked
    policy: FetchPolicy
    captured: Captured  # pages that the archive holds
    archived: tuple[ArchivedChunk, ...]  # captures of the raw archive to parse again
    staging: Staging  # where pages wait for the archive
    staged: tuple[Capture, ...]  # pages that a killed run left there
    reached: Days | None  # days of which the lists can know
    discovered: Discovered | None  # None where no request may be sent, or no list reaches these days
    listed: Listed  # the addresses of these days

    @property
    def wanted(self) -> list[Fetch]:
        """Addresses to fetch: new ones, and pending ones that are due."""
        if self.policy.only_archive:
            return []
        here = {row_key(capture.url) for capture in self.staged if capture.url}
        due = self.listed.wanted(self.days, self.asked_at, pending_too=self.policy.pending_too)
        return [row for row in due if row_key(row.url) not in here]

    @property
    def report(self) -> RunReport:
        """What is known before the first page is fetched."""
        if self.discovered is None:
            return RunReport()
        lists = (feed for feed in self.discovered.feeds if not feed.was_had)
        failed = (f"{feed.url} {feed.status.value}: {feed.detail}" for feed in lists)
        return RunReport(
            discovered=len(self.discovered.links),
            dropped=self.discovered.dropped + self._settled(),
            alarms=(*self.discovered.alarms, *failed, *self._gaps()),
        )

    def _settled(self) -> Counter[str]:
        wanted = {row_key(row.url) for row in self.wanted}
        links = [row_key(link.url) for link in self.discovered.links] if self.discovered else []
        known = self.listed.addresses
        rows = [known[key].row for key in links if key in known and key not in wanted]
        counts = Counter("captured" if row.outcome == FetchOutcome.LANDED else row.outcome for row in rows)
        return counts + Counter(captured=len(links) - len(rows) - len(wanted.intersection(links)))

    def _gaps(self) -> tuple[str, ...]:
        """Why the lists may not name all of past days that were never read whole, each said once."""
        over = [day for day in self.reached or () if day < self.asked_at.date()]
        whole_at = {day: self.listed.whole_at.get(day.isoformat()) for day in over}
        lacking = [day for day, at in whole_at.items() if at is None or at.date() <= day]
        return tuple(dict.fromkeys(filter(None, map(self._gap, lacking))))

    def _gap(self, day: date) -> str:
        found = self.discovered
        return found.reach.gap(day, self.listed.whole_at.get(day.isoformat())) if found and self._was_read else ""

    @property
    def _was_read(self) -> bool:
        return self.discovered is not None and any(feed.was_had for feed in self.discovered.feeds)

    def lacking_of(self, day: date) -> tuple[str, ...]:
        """What of the lists of a day was not read; nothing where they said all there is."""
        if self.discovered is None:
            return ("the lists were not asked",)
        feeds = self.discovered.feeds
        lacking = [f"{feed.url}: {feed.detail or feed.status.value}" for feed in feeds if not feed.whole]
        if not self._was_read:
            lacking.append("none of the lists could be read")
        elif not lacking:
            lacking += filter(None, [self._gap(day)])
        return tuple(lacking)

    def require_asked(self) -> None:
        """Raise a NewslakeError where none of the source's lists could be had. What is archived has landed by then."""
        if self.discovered is None or self._was_read:
            return
        if not self.discovered.feeds:
            raise NewslakeError(
                f"Neither the robots files nor the home page of {self.source.hosts[0]} name a list of articles",
                f"Say in the source file of {self.source.name} where its articles are listed (`discovery`).",
            )
        feed = self.discovered.feeds[0]
        raise NewslakeError(
            f"{self.source.name} could not be asked what it published: {feed.url}: {feed.detail}",
            "Nothing is lost: run it again later. `newslake run --only archive` lands what is archived.",
        )

    def summary(self) -> str:
        """One line for logs and for a dry run."""
        archived = f"{self._archived} archived captures to parse"
        wanted = len(self.wanted)
        if self.discovered is None:
            return f"{archived}; {f'{wanted} pending pages to fetch' if wanted else 'the source is not asked'}"
        listed = len(self.listed.addresses) + self.listed.elsewhere
        return f"{listed} links, {listed - wanted} settled before or not due: {wanted} to fetch; {archived}"

    @property
    def _archived(self) -> int:
        return sum(len(chunk.pointers) for chunk in self.archived) + len(self.staged)

    def as_json(self) -> dict[str, Any]:
        """For `newslake run --dry-run --json`."""
        return {
            "start": self.days.start,
            "end": self.days.end,
            "archived": self._archived,
            "discovered": len(self.discovered.links) if self.discovered else 0,
            "dropped": dict(sorted(self.report.dropped.items())),
            "alarms": list(self.report.alarms),
            "fetch": [{"url": row.url, "hint": row.hint} for row in self.wanted],
        }


def _links_by_day(discovered: Discovered, reached: Days) -> dict[date, list[Link]]:
    """Links by their day; those without a hint, and near misses, by the nearest one."""
    last = reached.end - timedelta(days=1)
    by_day: dict[date, list[Link]] = {day: [] for day in reached}
    for link in discovered.links:
        day = link.hint.date() if link.hint else last
        by_day[min(max(day, reached.start), last)].append(link)
    return by_day


def make_plan(name: str, days: Days, policy: FetchPolicy, *, store: ObjectStore, client: PoliteClient) -> LivePlan:
    """Look into the lake, and ask the source for its lists. No page is fetched, and nothing is written."""
    source, now = sources()[name], datetime.now(UTC)
    today = now.date()
    staging = Staging(store, name)
    staged = tuple(staging.left_over())
    reached = reached_days(source, days, today)
    archived: list[ArchivedChunk] = []
    # Where the source can tell nothing more of the days, all there is to do is to make the most of what is archived.
    if policy.rebuild or reached is None:
        archived = plan_days(store, name, days)
    elif _is_unfinished(store, name, days, today):  # what is known of these days, the live run says in the end
        archived = [replace(chunk, days=None) for chunk in plan_days(store, name, days)]
    discovered = None
    if reached and not policy.only_archive:
        with span("list"):
            discovered = discover(source, reached, client, DiscoveryState(store, name), today=today)
    plan = LivePlan(
        source=source,
        days=days,
        asked_at=now,
        policy=policy,
        captured=Captured.load(store, name, days, today=today),
        archived=tuple(archived),
        staging=staging,
        staged=staged,
        reached=reached,
        discovered=discovered,
        listed=Listed({}),
    )
    return with_addresses(plan, store)


def with_addresses(plan: LivePlan, store: ObjectStore) -> LivePlan:
    """The plan with the addresses of its days, as the lake knows them now."""
    links = _links_by_day(plan.discovered, plan.reached) if plan.discovered and plan.reached else {}
    listed_in = plan.discovered.listed_in if plan.discovered else {}
    listed = listed_addresses(
        plan.source, plan.days, links, listed_in, store=store, captured=plan.captured, now=plan.asked_at
    )
    return replace(plan, listed=listed)


def _is_unfinished(store: ObjectStore, name: str, days: Days, today: date) -> bool:
    """Whether no live run has finished a past day: archived pages may lack their rows, or the rows are lost."""
    past = [day.isoformat() for day in days if day < today]  # what a killed run of today left, staged pages say
    accounts = {day: info for _, day, info in Lake(store).partitions(name, FETCHES)}
    for day in past:
        summary = Footers(store).summary(accounts[day]) if day in accounts else None
        if summary is None or summary.lists.read_at is None:
            return True
        manifest = Lake(store).read_manifest(name, day) if summary.landed else None
        if summary.landed > (manifest.rows if manifest else 0):
            return True
    return False


def reached_days(source: Source, days: Days, today: date) -> Days | None:
    """The days of a range that discovery can know of; None where there are none."""
    start = max(days.start, today - timedelta(days=source.reach_days))
    return Days(start, days.end) if source.discovery and start < days.end else None

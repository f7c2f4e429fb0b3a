"""What an outage left behind: days to repair from the sources, days that only an archive could give.

The lake alone says so, and also which partitions an older newslake wrote. A source counts from the first day that a run
asked it about: earlier history is not a gap, and `newslake backfill` lands it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from infra.base.days import Days
from infra.lake.day_index import DayIndex
from infra.lake.day_states import Day, State, day_grid
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, FETCHES, TABLES, DamagedError, Manifest, place_of
from infra.store.object_store import ObjectInfo, ObjectStore
from infra.work.backfill.plan import Action, BackfillRequest, Batch, PlannedDay, batches_of, plan_backfill
from infra.work.live.discovery_state import key_of
from parsers.record.article import NULL_PARTITION, SCHEMA_VERSION
from parsers.registry import sources
from parsers.source.definition import Source

# Sitemaps may reach back for decades. An outage of more than a month is more than a night's work: a person decides.
MAX_DAYS: Final = 31
OldPartition = tuple[str, str, str]  # table, source, day


@dataclass(frozen=True, slots=True)
class Gap:
    """Missing days of a source that no repair covers."""

    source: str
    days: Days
    still_listed: bool  # by the source; else only an archive has them

    @property
    def remedy(self) -> str:
        """The command to type."""
        command = f"newslake backfill {self.source} --start {self.days.start} --end {self.days.end}"
        return command if self.still_listed else f"{command} (with NEWSLAKE_CDX_URL), or newslake ingest"

    def as_json(self) -> dict[str, Any]:
        """Plain values, for `--json`."""
        said = {"source": self.source, "start": self.days.start, "end": self.days.end}
        return said | {"still_listed": self.still_listed, "remedy": self.remedy}


@dataclass(frozen=True, slots=True)
class Repairs:
    """What there is to do, and what there is to tell."""

    old: tuple[OldPartition, ...]  # that an older newslake wrote: to be written anew, which asks no source
    planned: tuple[PlannedDay, ...]  # days to repair, newest first
    gaps: tuple[Gap, ...]  # missing days that are left as they are
    late: Mapping[str, tuple[tuple[str, State], ...]]  # days that had their time and are missing or partial, by source
    asked: Collection[str]  # sources of which a list was read: of others nothing is known

    @property
    def days(self) -> Days | None:
        """From the first to the last day to repair; None where there is none."""
        days = sorted(each.day for each in self.planned)
        return Days(days[0], days[-1] + timedelta(days=1)) if days else None

    @property
    def batches(self) -> list[Batch]:
        """The days to repair, as a backfill works on them."""
        return batches_of(self.planned, BackfillRequest(days=self.days)) if self.days else []

    def summary(self) -> str:
        """One line for logs."""
        names = {each.source for each in self.planned}
        left = sum((gap.days.end - gap.days.start).days for gap in self.gaps)
        rewritten = f"{len(self.old)} partitions of an older newslake to write anew; " if self.old else ""
        return rewritten + (
            f"{_counted(len(self.planned), 'day')} of {_counted(len(names), 'source')} to repair; "
            f"{_counted(left, 'missing day')} left as they are"
        )

    @property
    def alarms(self) -> tuple[str, ...]:
        """What a person should look at."""
        return tuple(
            f"{gap.source}, {gap.days.described()}: missing, and not repaired: {gap.remedy}" for gap in self.gaps
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values, for `--json`."""
        return {
            "rewrite": [{"table": table, "source": source, "date": day} for table, source, day in self.old],
            "repair": [each.as_json() for each in self.planned],
            "gaps": [each.as_json() for each in self.gaps],
            "alarms": list(self.alarms),
        }


def plan_repairs(store: ObjectStore, *, now: datetime, names: Sequence[str] = (), relist: bool = False) -> Repairs:
    """What is missing or partial of some or all sources, by the index, or by listing the lake anew (`relist`)."""
    if relist:
        DayIndex(store).rebuild()
    today = now.date()
    starts: dict[str, date] = {}  # first day to repair
    since: dict[str, str] = {}  # first day that was asked about
    pending: set[tuple[str, str]] = set()
    late: defaultdict[str, set[tuple[str, State]]] = defaultdict(set)
    gaps: list[Gap] = []
    old: set[OldPartition] = set()
    asked_ever: set[str] = set()
    for known in _known_days(store, names):
        source = sources().get(known.source)
        old |= known.old
        if any(map(known.was_asked, known.accounts)):
            asked_ever.add(known.source)
        if source and (asked := _asked_days(store, source, known, today)):
            starts[source.name], since[source.name] = max(asked.start, _reach(source, today)), str(asked.start)
            pending |= {(source.name, day) for day, account in known.accounts.items() if account["pending"]}
            gaps += _gaps(source, known, asked, today)
    for day in _partial(store, since, today):
        late[day.source].add((day.date, day.state))
    planned = tuple(_repairs(store, starts, pending, now))
    for each in planned:
        if each.state is State.MISSING:
            late[each.source].add((each.day.isoformat(), each.state))
    return Repairs(
        old=tuple(sorted(old)),
        planned=planned,
        gaps=tuple(gaps),
        late={name: tuple(sorted(found)) for name, found in late.items() if found},
        asked=asked_ever,
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


@dataclass(frozen=True, slots=True)
class _Known:
    """What the index says of a source, by day; a damaged partition says nothing."""

    source: str
    accounts: Mapping[str, Any]  # see `DaySummary`
    articles: Mapping[str, ObjectInfo]
    old: AbstractSet[OldPartition]
    footers: Footers

    def was_asked(self, day: str) -> bool:
        """Whether a run has read the day's lists."""
        return day in self.accounts and self.accounts[day]["lists"]["read_at"] is not None

    def landed(self, day: str) -> Manifest | None:
        """What the articles partition of a day says."""
        with suppress(DamagedError):
            return self.footers.read(self.articles[day]) if day in self.articles else None
        return None


def _known_days(store: ObjectStore, names: Collection[str]) -> Iterator[_Known]:
    """Some or all sources, one after the other: together they fill memory."""
    index = DayIndex(store)
    footers, known = index.footers, index.footers.months.sources()
    for source in sorted(known.intersection(names or known)):
        listed = [(info, place) for info in index.infos(source) if (place := place_of(info.key))]
        places = {info.key: place for info, place in listed}
        told = [(*places[info.key], said) for info, said in footers.said(info for info, _ in listed)]
        old = {
            (kind.name, source, day) for kind, _, day, said in told
            if kind is not FETCHES and said["schema_version"] < SCHEMA_VERSION
        }  # fmt: skip
        accounts = {day: said for kind, _, day, said in told if kind is FETCHES and day != NULL_PARTITION}
        articles = {day: info for info, (kind, _, day) in listed if kind is ARTICLES and day != NULL_PARTITION}
        yield _Known(source, accounts, articles, old, footers)
    index.save()


def _asked_days(store: ObjectStore, source: Source, known: _Known, today: date) -> Days | None:
    """The days since which a source is asked, up to today; None where it never was, or since today only."""
    # What discovery remembers is written by the end of a run; one that was killed has left accounts alone.
    if not source.discovery or not (known.accounts or store.get(key_of(source.name))):
        return None
    since = min(filter(known.was_asked, known.accounts), default=None)
    if since is None:
        # Every run so far was cut short, or came while its day was under way: rows of the last weeks must do.
        first = (today - timedelta(days=MAX_DAYS)).isoformat()
        recent = [day for day in {*known.accounts, *known.articles} if day >= first]
        landed = (day for day in recent if day in known.accounts or ((it := known.landed(day)) and it.rows))
        since = min(landed, default=None)
    return Days(date.fromisoformat(since), today) if since and since < today.isoformat() else None


def _reach(source: Source, today: date) -> date:
    return today - timedelta(days=min(source.reach_days, MAX_DAYS))


def _repairs(
    store: ObjectStore, starts: Mapping[str, date], pending: AbstractSet[tuple[str, str]], now: datetime
) -> Iterator[PlannedDay]:
    """The days to repair, newest first: what is missing of them within reach, and pending pages that are due."""
    today = now.date()
    first = min((*starts.values(), *(date.fromisoformat(day) for _, day in pending)), default=today)
    if first >= today:
        return
    for each in plan_backfill(store, BackfillRequest(days=Days(first, today), names=tuple(starts)), now=now):
        place = each.source, each.day.isoformat()
        if each.action is Action.FETCH and (each.day >= starts[each.source] or place in pending):
            yield each


def _partial(store: ObjectStore, since: Mapping[str, str], today: date) -> Iterator[Day]:
    """Partial days but yesterday's: pending pages are asked for again for a day."""
    if since:
        first, end = today - timedelta(days=MAX_DAYS), today - timedelta(days=1)
        for day in day_grid(store, first, end, since):
            if day.state is State.PARTIAL and day.date >= since[day.source]:
                yield day


def _gaps(source: Source, known: _Known, asked: Days, today: date) -> list[Gap]:
    """Missing days between the first that the source was asked about and those that are repaired."""

    def is_missing(day: str) -> bool:
        return not known.was_asked(day) and not ((landed := known.landed(day)) and landed.looked_at)

    repaired = _reach(source, today)
    missing = [day for day in asked if day < repaired and is_missing(day.isoformat())]
    oldest_listed = today - timedelta(days=min(source.reach_days, (today - date.min).days))
    gaps: list[Gap] = []
    for day in missing:
        still_listed = day >= oldest_listed
        last = gaps[-1] if gaps else None
        if last and last.days.end == day and last.still_listed == still_listed:
            gaps[-1] = replace(last, days=Days(last.days.start, day + timedelta(days=1)))
        else:
            gaps.append(Gap(source.name, Days.one(day), still_listed))
    return gaps


def upgrade(store: ObjectStore, partitions: Iterable[OldPartition]) -> None:
    """Write partitions anew, one after the other; killed, it goes on where it stopped."""
    lake = Lake(store)
    for table, source, day in partitions:
        lake.upgrade(TABLES[table], source, day)

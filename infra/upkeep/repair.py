"""What an outage left behind: days to repair from the sources, days that only an archive could give.

The lake alone says so, and also which partitions an older newslake wrote. A source counts from the first day that a run
asked it about: earlier history is not a gap, and `newslake backfill` lands it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from infra.base.days import Days
from infra.lake.day_states import Day, DayStates, State
from infra.store.object_store import ObjectStore
from infra.upkeep.upgrade import OldPartition, old_partitions
from infra.work.backfill.plan import Action, BackfillRequest, Batch, PlannedDay, batches_of, plan_backfill
from infra.work.live.discovery_state import key_of
from parsers.record.article import NULL_PARTITION
from parsers.registry import sources
from parsers.source.definition import Source

# Sitemaps may reach back for decades. An outage of more than a month is more than a night's work: a person decides.
MAX_DAYS: Final = 31


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


def plan_repairs(store: ObjectStore, *, now: datetime, names: Sequence[str] = ()) -> Repairs:
    """Look for days before today that are missing or half done, of some sources or of all, from footers alone."""
    today = now.date()
    by_source: defaultdict[str, list[Day]] = defaultdict(list)
    for day in DayStates(store).grid():
        if day.date != NULL_PARTITION:
            by_source[day.source].append(day)
    wanted = [sources()[name] for name in names] if names else list(sources().values())
    asked = {
        source.name: days for source in wanted if (days := _asked_days(store, source, by_source[source.name], today))
    }
    planned = tuple(_repairs(store, asked, by_source, now))
    return Repairs(
        old=tuple(old_partitions(store, names)),
        planned=planned,
        gaps=tuple(gap for name, days in asked.items() for gap in _gaps(sources()[name], by_source[name], days, today)),
        late={
            name: late
            for name, days in asked.items()
            if (late := _late([each for each in planned if each.source == name], by_source[name], days))
        },
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _asked_days(store: ObjectStore, source: Source, days: Sequence[Day], today: date) -> Days | None:
    """The days since which a source is asked, up to today; None where it never was, or since today only."""
    # What discovery remembers is written by the end of a run; one that was killed has left accounts alone.
    if not source.discovery or not (any(day.account for day in days) or store.get(key_of(source.name))):
        return None
    # Where every run so far was cut short, or came while its day was under way, rows of the last weeks must do.
    recent = [day for day in days if day.date >= (today - timedelta(days=MAX_DAYS)).isoformat()]
    since = min((day.date for day in days if day.was_asked), default=None) or min(
        (day.date for day in recent if day.articles or day.account), default=None
    )
    return Days(date.fromisoformat(since), today) if since and since < today.isoformat() else None


def _reach(source: Source, today: date) -> date:
    return today - timedelta(days=min(source.reach_days, MAX_DAYS))


def _repairs(
    store: ObjectStore, asked: Mapping[str, Days], by_source: Mapping[str, Sequence[Day]], now: datetime
) -> Iterator[PlannedDay]:
    """The days to repair, newest first: what is missing of them within reach, and pending pages that are due."""
    today = now.date()
    starts = {name: max(days.start, _reach(sources()[name], today)) for name, days in asked.items()}
    pending = {(name, day.date) for name in asked for day in by_source[name] if day.account and day.account.pending}
    first = min((*starts.values(), *(date.fromisoformat(day) for _, day in pending)), default=today)
    if first >= today:
        return
    for each in plan_backfill(store, BackfillRequest(days=Days(first, today), names=tuple(starts)), now=now):
        place = each.source, each.day.isoformat()
        if each.action is Action.FETCH and (each.day >= starts[each.source] or place in pending):
            yield each


def _late(planned: Sequence[PlannedDay], known: Sequence[Day], asked: Days) -> tuple[tuple[str, State], ...]:
    """Missing days, and partial ones but yesterday's: pending pages are asked for again for a day."""
    first = max(asked.start, asked.end - timedelta(days=MAX_DAYS)).isoformat()
    last = (asked.end - timedelta(days=2)).isoformat()
    partial = {(day.date, day.state) for day in known if day.state is State.PARTIAL and first <= day.date <= last}
    missing = {(each.day.isoformat(), each.state) for each in planned if each.state is State.MISSING}
    return tuple(sorted(missing | partial))


def _gaps(source: Source, days: Sequence[Day], asked: Days, today: date) -> list[Gap]:
    """Missing days between the first that the source was asked about and those that are repaired."""
    looked_at = {day.date for day in days if day.looked_at or day.was_asked}
    missing = [day for day in asked if day < _reach(source, today) and day.isoformat() not in looked_at]
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

"""The state of every day of every source, from a listing and the footers alone."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from infra.base.days import is_within
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS, Coverage, DamagedError, Manifest, TableKind
from infra.lake.suspects import SuspectDay, since, suspect_days
from infra.store.object_store import ObjectInfo, ObjectStore
from parsers.record.article import NULL_PARTITION

NO_VERSIONS: Final[Mapping[str, int]] = MappingProxyType({})


class State(StrEnum):
    """What to think of a day. Where several apply, the first in this order is shown."""

    MISSING = "missing"  # never landed: no run, or none that came to its end
    DAMAGED = "damaged"  # an object that cannot be read: `newslake verify` says more
    SUSPECT = "suspect"  # the quality gate found something broken: a person should look
    PARTIAL = "partial"  # a run discovered more pages than were captured or landed
    OUTDATED = "outdated"  # has rows of an older parser than the present one
    REJECTS = "rejects"  # has captures of that day that no parser could read
    EMPTY = "empty"  # looked at, and there was nothing
    LANDED = "landed"


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of the grid.

    Attributes:
        date: UTC day as YYYY-MM-DD, or Hive's null for articles without a date.
        articles: rows, published on that day.
        rejects: open rejections by reason, of captures got on that day.
        coverage: what runs said, by mode.
        parser_versions: of the rows, ascending.
        outdated: has rows of an older parser, whatever the state.
        size: bytes of the articles partition.
        suspect_since: first day of the source that is suspect for the same thing.
    """

    source: str
    date: str
    state: State
    articles: int = 0
    rejects: Mapping[str, int] = field(default_factory=dict)
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    parser_versions: tuple[int, ...] = ()
    outdated: bool = False
    size: int = 0
    suspect: SuspectDay | None = None
    suspect_since: str | None = None


class DayStates:
    """The lake at a glance. Footers are remembered in `_catalog/`, by ETag; that folder can be deleted at any time."""

    def __init__(self, store: ObjectStore) -> None:
        self._lake = Lake(store)
        self._footers = Footers(store)

    def grid(
        self,
        source: str | None = None,
        start: date | None = None,
        end: date | None = None,
        current: Mapping[str, int] = NO_VERSIONS,
        also: Collection[str] = (),
    ) -> list[Day]:
        """Every day of every source, missing ones too.

        Args:
            source: only this one; None: all that the lake knows.
            start: first UTC day; None: the first that a source has.
            end: first UTC day left out; None: the one after the last that a source has.
            current: version of the present parser by source; without it no day is outdated.
            also: names of sources of which the lake may know nothing yet; their days are missing.

        Returns:
            Sorted by source and date; articles without a date last, and only where no range is given.
        """
        self._footers.load()
        articles = self._listed(ARTICLES, source)
        rejects = self._listed(REJECTS, source)
        suspects = suspect_days(self._lake.store, source)
        marked: defaultdict[str, dict[str, SuspectDay]] = defaultdict(dict)
        for suspect in suspects:
            marked[suspect.source][suspect.date] = suspect
        listed = [(day, info) for infos in (*articles.values(), *rejects.values()) for day, info in infos.items()]
        self._footers.read_ahead(info for day, info in listed if is_within(day, start, end))
        names = sorted({*articles, *rejects, *marked, *also} | ({source} if source else set()))
        days = [
            self._day(name, day, articles[name].get(day), rejects[name].get(day), current.get(name))
            for name in names
            for day in _days({*articles[name], *rejects[name], *marked[name]}, start, end)
        ]
        days = [_marked(day, found, suspects) if (found := marked[day.source].get(day.date)) else day for day in days]
        if source is None:
            self._footers.save({info.key for _, info in listed})
        return days

    def _listed(self, kind: TableKind, source: str | None) -> defaultdict[str, dict[str, ObjectInfo]]:
        listed: defaultdict[str, dict[str, ObjectInfo]] = defaultdict(dict)
        for name, day, info in self._lake.partitions(source, kind):
            listed[name][day] = info
        return listed

    def _day(
        self, source: str, day: str, articles: ObjectInfo | None, rejects: ObjectInfo | None, version: int | None
    ) -> Day:
        try:
            landed = self._footers.read(articles) if articles else None
            rejected = self._footers.read(rejects).open_rejects if rejects else {}
        except DamagedError:
            return Day(source, day, State.DAMAGED, size=articles.size if articles else 0)
        if landed is None:
            return Day(source, day, State.REJECTS if rejected else State.MISSING, rejects=rejected)
        outdated = version is not None and any(found < version for found in landed.parser_versions)
        return Day(
            source=source,
            date=day,
            state=_state(landed, bool(rejected), outdated),
            articles=landed.rows,
            rejects=rejected,
            coverage=landed.coverage,
            parser_versions=landed.parser_versions,
            outdated=outdated,
            size=articles.size if articles else 0,
        )


def _marked(day: Day, suspect: SuspectDay, suspects: list[SuspectDay]) -> Day:
    state = day.state if day.state is State.DAMAGED else State.SUSPECT
    return replace(day, state=state, suspect=suspect, suspect_since=since(suspect, suspects))


def _state(landed: Manifest, rejected: bool, outdated: bool) -> State:
    runs = landed.coverage.values()
    discovered = max((run.discovered for run in runs), default=0)
    captured = max((run.captured for run in runs), default=0)
    if discovered > max(captured, landed.rows):
        return State.PARTIAL
    if outdated:
        return State.OUTDATED
    if rejected:
        return State.REJECTS
    return State.LANDED if landed.rows else State.EMPTY


def _days(known: set[str], start: date | None, end: date | None) -> Iterator[str]:
    """Days from the first to the last known or asked for, without gaps."""
    dated = sorted(known - {NULL_PARTITION})
    first = start or (date.fromisoformat(dated[0]) if dated else end)
    last = end - timedelta(days=1) if end else (date.fromisoformat(dated[-1]) if dated else start)
    if first and last:
        for offset in range((last - first).days + 1):
            yield (first + timedelta(days=offset)).isoformat()
    if NULL_PARTITION in known and not start and not end:
        yield NULL_PARTITION

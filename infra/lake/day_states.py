"""The state of every day of every source, from the index and the footers alone."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain

from infra.base.days import is_within
from infra.lake.accounts import DaySummary
from infra.lake.day_index import DayIndex, Listed
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, FETCHES, REJECTS, TABLES, DamagedError
from infra.lake.suspects import SuspectDay, since, suspect_histories
from infra.store.object_store import ObjectStore
from parsers.record.article import NULL_PARTITION
from parsers.registry import parser_versions


class State(StrEnum):
    """What to think of a day. Where several apply, the first in this order is shown."""

    MISSING = "missing"  # nothing is known of it: no run, or none that came to its end
    DAMAGED = "damaged"  # an object that cannot be read: `newslake verify` says more
    SUSPECT = "suspect"  # the quality gate found something broken: a person should look
    PARTIAL = "partial"  # pages are pending, a list was read in part, or only some addresses were looked at
    OUTDATED = "outdated"  # has rows of an older parser than the present one
    REJECTS = "rejects"  # no list was read for it; pages were captured on that day that no parser could read
    UNLISTED = "unlisted"  # has articles from files, archives or `fetch`; no list was read that says what is lacking
    EMPTY = "empty"  # its lists were read whole after it ended, and name nothing
    LANDED = "landed"  # its lists were read whole after it ended, and nothing is pending


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of the grid."""

    source: str
    date: str  # UTC day as YYYY-MM-DD, or 0001-01-01 for articles without a date
    state: State
    articles: int = 0  # rows, published on that day
    rejects: Mapping[str, int] = field(default_factory=dict)  # open ones by reason, of captures got on that day
    account: DaySummary | None = None  # None where no live run has looked at the day
    looked_at: bool = False  # a reparse was there
    parser_versions: tuple[int, ...] = ()  # of the rows, ascending
    outdated: bool = False  # has rows of an older parser, whatever the state
    size: int = 0  # bytes of the articles partition
    suspect: SuspectDay | None = None
    suspect_since: str | None = None  # first day of the source that is suspect for the same thing

    @property
    def was_asked(self) -> bool:
        """Whether a run has read the day's lists."""
        return self.account is not None and self.account.lists.read_at is not None

    @property
    def lost(self) -> int:
        """Articles that landed and are not in the day's partition: it was deleted, or a reparse took them away."""
        return max(0, self.account.landed - self.articles) if self.account else 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing that its source lists is lacking, however good what has landed is."""
        return bool(self.account and self.account.is_whole(date.fromisoformat(self.date)) and not self.lost)


def day_grid(
    store: ObjectStore, start: date | None = None, end: date | None = None, names: Collection[str] = ()
) -> list[Day]:
    """Every day of every source from `start` up to `end`, missing ones too, by source and date.

    Without a bound, the days that a source has; then articles without a date come last. `names` are the only sources
    that count, also those of which the lake knows nothing yet: their days are missing.
    """
    index = DayIndex(store, names, start, end)
    days = list(_days_of_sources(store, index, names, start, end))
    if len(names) != 1:  # every run asks for its own days: it shall not write those of all sources
        index.save()
    return days


def _days_of_sources(
    store: ObjectStore, index: DayIndex, names: Collection[str], start: date | None, end: date | None
) -> Iterator[Day]:
    suspects = suspect_histories(store, names, start, end)
    marked: defaultdict[str, dict[str, SuspectDay]] = defaultdict(dict)
    for suspect in suspects:
        marked[suspect.source][suspect.date] = suspect
    versions = parser_versions()
    for name in sorted(names or {*marked, *chain.from_iterable(map(Lake(store).sources, TABLES.values()))}):
        listed = index.of(name)
        wanted = (infos for days in listed.values() for day, infos in days.items() if is_within(day, start, end))
        index.footers.read_ahead(chain.from_iterable(wanted))
        for each in _days({*chain(*listed.values()), *marked[name]}, start, end):
            day = _day(index.footers, name, each, listed, versions.get(name))
            found = marked[name].get(each)
            yield _marked(day, found, suspects) if found else day


def _day(footers: Footers, source: str, day: str, listed: Listed, version: int | None) -> Day:
    articles, rejects, accounts = (listed[kind.name].get(day, ()) for kind in (ARTICLES, REJECTS, FETCHES))
    size = sum(info.size for info in articles)
    try:
        landed = list(map(footers.read, articles))
        rejected = {reason: n for info in rejects for reason, n in footers.read(info).open_rejects.items()}
        summaries = list(map(footers.summary, accounts))
    except DamagedError:
        return Day(source, day, State.DAMAGED, size=size)
    versions = tuple(sorted({each for shard in landed for each in shard.parser_versions}))
    found = Day(
        source=source,
        date=day,
        state=State.MISSING,
        articles=sum(shard.rows for shard in landed),
        rejects=rejected,
        account=next(iter(summaries), None),
        looked_at=any(shard.looked_at for shard in landed),
        parser_versions=versions,
        outdated=version is not None and any(found < version for found in versions),
        size=size,
    )
    return replace(found, state=_state(found, is_known=bool(articles or accounts)))


def _marked(day: Day, suspect: SuspectDay, suspects: list[SuspectDay]) -> Day:
    state = day.state if day.state is State.DAMAGED else State.SUSPECT
    return replace(day, state=state, suspect=suspect, suspect_since=since(suspect, suspects))


def _state(day: Day, *, is_known: bool) -> State:
    is_unlisted = day.account is None or day.date == NULL_PARTITION
    if is_known and not is_unlisted and not day.is_whole:
        return State.PARTIAL
    if day.outdated:
        return State.OUTDATED
    if day.account is None and day.rejects:
        return State.REJECTS
    if not is_known:
        return State.MISSING
    if not day.articles and not (day.account and day.account.listed):
        return State.EMPTY
    return State.UNLISTED if is_unlisted else State.LANDED


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

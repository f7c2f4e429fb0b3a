"""The state of the lake in numbers, for monitoring: read from the index of days, as `newslake status` does."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import dropwhile, groupby
from typing import Final

from infra.base.days import midnight
from infra.base.measures import AGE, ARTICLES, DAYS, FETCHED, LANDED, LISTED, PENDING, REJECTED, Labels, Measure
from infra.lake.day_states import Day, State, day_grid
from infra.store.object_store import ObjectStore
from infra.upkeep.repair import MAX_DAYS

Reading = tuple[Measure, float, Labels]
# Days that are told one by one: today and the week in which pending pages are asked again. Each is a label value.
SHOWN_DAYS: Final = 8


def lake_state(store: ObjectStore, now: datetime, also: Collection[str] = ()) -> list[Reading]:
    """Every gauge of the lake. Sources of which it has nothing from the last 31 days are left out, unless in `also`."""
    start, end = now.date() - timedelta(days=MAX_DAYS), now.date() + timedelta(days=1)
    grid = day_grid(store, start, end)
    lacking = {*also} - {day.source for day in grid}
    grid += day_grid(store, start, end, lacking) if lacking else []
    found: list[Reading] = []
    for source, days in groupby(grid, key=lambda day: day.source):
        found += _of_source(source, list(days), now, is_expected=source in also)
    return found


def _of_source(source: str, days: list[Day], now: datetime, *, is_expected: bool) -> Iterator[Reading]:
    today = now.date()
    past = [day for day in days if day.date < today.isoformat()]
    known = dropwhile(lambda day: day.state is State.MISSING, past)  # before a source's first day nothing is missing
    for state, number in Counter(day.state for day in known).items():
        yield DAYS, number, {"source": source, "state": state.value}
    if is_expected or any(day.account for day in days):  # of files alone nobody expects a whole day
        yield AGE, _age(past, now), {"source": source}
    yield from _by_day(days[-SHOWN_DAYS:])


def _age(past: Iterable[Day], now: datetime) -> float:
    whole = [date.fromisoformat(day.date) for day in past if day.is_whole]
    last = max(whole, default=now.date() - timedelta(days=MAX_DAYS + 1))
    return (now - midnight(last + timedelta(days=1))).total_seconds()


def _by_day(days: Iterable[Day]) -> Iterator[Reading]:
    for day in days:
        labels = {"source": day.source, "day": day.date}
        if account := day.account:
            yield LISTED, account.listed, labels
            yield FETCHED, account.fetched, labels
            yield LANDED, account.landed, labels
            yield PENDING, account.pending, labels
        if day.articles or day.account:
            yield ARTICLES, day.articles, labels
        for reason, number in day.rejects.items():
            yield REJECTED, number, {**labels, "reason": reason}

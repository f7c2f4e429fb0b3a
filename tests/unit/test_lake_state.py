"""The gauges of the lake: days one by one for a week, their states for a month, and how old the newest whole day is."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from infra.base.measures import AGE, ARTICLES, DAYS, FETCHED, LANDED, LISTED, PENDING, REJECTED, Measure
from infra.lake.lake import Lake
from infra.store.object_store import ObjectStore
from infra.upkeep.lake_state import SHOWN_DAYS, lake_state
from tests.lake_samples import asked, rejected
from tests.memory_store import MemoryStore

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def day(back: int) -> date:
    return NOW.date() - back * DAY


def told(store: ObjectStore, measure: Measure, *also: str) -> dict[tuple[str, ...], float]:
    found = [(tuple(labels.values()), value) for each, value, labels in lake_state(store, NOW, also) if each is measure]
    assert len(dict(found)) == len(found)  # no series twice
    return dict(found)


def test_each_day_of_the_week_has_its_funnel(store: MemoryStore) -> None:
    asked(store, "tass", day(1), landed=3, pending=2, whole=False)
    asked(store, "tass", day(SHOWN_DAYS), landed=1)
    yesterday = ("tass", str(day(1)))
    assert told(store, LISTED) == {yesterday: 5}
    assert told(store, FETCHED) == {yesterday: 0}  # the sample says nothing of when
    assert told(store, LANDED) == {yesterday: 3}
    assert told(store, PENDING) == {yesterday: 2}
    assert told(store, ARTICLES) == {yesterday: 0}  # the account says that they landed; the partition is not there


def test_past_days_are_counted_by_state_from_the_first_that_is_known(store: MemoryStore) -> None:
    asked(store, "tass", day(4), landed=0)
    asked(store, "tass", day(2), landed=0, pending=1)
    asked(store, "tass", day(0), landed=0)
    assert told(store, DAYS) == {("tass", "empty"): 1, ("tass", "missing"): 2, ("tass", "partial"): 1}


@pytest.mark.parametrize(("whole", "hours"), [(1, 6), (3, 54)])
def test_the_age_is_that_of_the_end_of_the_newest_whole_day(whole: int, hours: int, store: MemoryStore) -> None:
    asked(store, "tass", day(whole), landed=0)
    asked(store, "tass", day(0), landed=0)  # not over
    assert told(store, AGE) == {("tass",): hours * 3600}


def test_a_source_without_a_whole_day_is_as_old_as_the_period(store: MemoryStore) -> None:
    assert told(store, AGE, "bbc") == {("bbc",): (31 * 24 + 6) * 3600}
    assert told(store, AGE) == {}
    assert told(store, DAYS, "bbc") == {}
    asked(store, "tass", day(1), landed=0)
    assert told(store, AGE, "bbc").keys() == {("bbc",), ("tass",)}


def test_rejections_are_told_by_the_day_of_their_capture_and_their_reason(lake: Lake) -> None:
    captured = datetime.combine(day(1), datetime.min.time(), UTC)
    rejects = [rejected(number, captured_at=captured) for number in range(3)]
    lake.land([], rejects)
    expected = Counter((each.source, str(day(1)), str(each.reason)) for each in rejects)
    assert told(lake.store, REJECTED) == expected

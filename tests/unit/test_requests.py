"""What commands cost in requests to the store, a page of a listing being one: it follows from what is asked."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from infra.archive.raw_archive import RawArchive
from infra.lake.cache import Entries, load_cache, update_cache
from infra.lake.day_states import State, day_grid
from infra.lake.lake import Lake
from infra.lake.months import changed, object_key, unpacked
from infra.lake.partition import ARTICLES, FETCHES
from infra.upkeep.find_record import find_record
from infra.upkeep.repair import plan_repairs
from parsers.record.article import article_id
from tests.lake_samples import NOON, asked, landed
from tests.memory_store import MemoryStore
from tests.passing_stores import CountingStore
from tests.raw_pages import add, page

pytestmark = pytest.mark.xdist_group("requests")  # a large lake is made once

DAYS = 12
URL = "https://tass.com/society/1731000"


@pytest.fixture
def store() -> CountingStore:
    """Two sources with some days each, and accounts of the first one."""
    store = CountingStore(MemoryStore())
    for source in ("tass", "gazette"):
        days = [landed(day, source=source, published_at=NOON + timedelta(days=day)) for day in range(DAYS)]
        Lake(store).land(days)
    for day in range(DAYS):
        asked(store, "tass", date(2024, 5, 1) + timedelta(days=day))
    store.requests.clear()
    return store


def tass(number: int, **changes: Any) -> Any:
    identity = article_id("tass", URL, None, ())
    return landed(number, source="tass", url=URL, article_id=identity, **changes)


def test_landing_one_article_takes_twelve_requests_at_most(store: CountingStore) -> None:
    Lake(store).land([tass(DAYS, published_at=NOON + timedelta(days=3))])
    assert store.requests.total() <= 12, store.requests


def test_showing_an_article_takes_six_requests_at_most(store: CountingStore) -> None:
    Lake(store).land([tass(DAYS, published_at=NOON + timedelta(days=3))])
    store.requests.clear()
    assert find_record(store, URL).date == "2024-05-04"
    assert store.requests.total() <= 5, store.requests  # and one for the page itself


SOURCES, PERIOD = 150, 30
FIRST, END = date(2024, 4, 20), date(2024, 5, 20)


@pytest.fixture(scope="module")
def large() -> dict[str, bytes]:
    """A month of 150 sources, articles and accounts, that landings left, of which nobody has asked yet."""
    base = MemoryStore()
    days = [NOON + timedelta(days=day - 11) for day in range(PERIOD)]
    Lake(base).land([landed(n, source="paper0", published_at=day) for n, day in enumerate(days)])
    for day in days:
        asked(base, "paper0", day.date())
    tables = base.tables
    for number in range(1, SOURCES):
        for key, body in tables.items():
            base.objects[_renamed(key, number)] = body
    for month in ("2024-04", "2024-05"):  # as the landings of each source leave it
        known = unpacked(load_cache(base, object_key(month))["paper0"])
        renamed = changed({}, {_renamed(key, n): entry for key, entry in known.items() for n in range(SOURCES)})
        update_cache(base, object_key(month), partial(_instead, renamed))
    return base.objects


def _instead(entries: Entries, _: object) -> Entries:
    return entries


def _renamed(key: str, number: int) -> str:
    return key.replace("source=paper0/", f"source=paper{number}/")


def counting(objects: dict[str, bytes]) -> CountingStore:
    base = MemoryStore()
    base.objects = dict(objects)
    return CountingStore(base)


def test_status_of_a_month_of_150_sources_takes_200_requests_and_20_then(large: dict[str, bytes]) -> None:
    store = counting(large)
    before = day_grid(store, FIRST, END)
    assert len(before) == SOURCES * PERIOD
    assert {day.state for day in before} == {State.LANDED}
    assert store.requests.total() <= 200, store.requests
    store.requests.clear()
    assert day_grid(store, FIRST, END) == before
    # Notes of writers; which sources three tables have; suspect days. Which months there are; two of them.
    assert store.requests == {"list": 1 + 3 + 1, "get": 1 + 2}


def test_status_after_runs_of_many_sources_reads_no_more(large: dict[str, bytes]) -> None:
    store = counting(large)
    day_grid(store, FIRST, END)
    ran = range(0, SOURCES, 50)  # of all it is the same, and takes longer
    for number in ran:
        name = f"paper{number}"
        Lake(store).land([landed(number + 50, source=name, published_at=NOON)])
        asked(store, name, NOON.date(), landed=2)
    store.requests.clear()
    days = day_grid(store, FIRST, END)
    assert sum(day.articles for day in days) == SOURCES * PERIOD + len(ran)
    assert store.requests.total() <= 20, store.requests


def test_plans_cost_what_the_months_are(large: dict[str, bytes]) -> None:
    store = counting(large)
    day_grid(store)
    store.requests.clear()
    assert plan_repairs(store, now=datetime.now(UTC)).old == ()
    assert store.requests.total() <= 20, store.requests


def test_a_run_asks_for_one_source_without_listing_the_others(store: CountingStore) -> None:
    period = date(2024, 5, 1), date(2024, 5, 31), ["tass"]
    before = day_grid(store, *period)  # nobody has made the index whole yet
    assert store.requests["list"] == 1 + 3 + 1  # notes of writers, its own tables, suspect days
    day_grid(store)
    store.requests.clear()
    assert day_grid(store, *period) == before
    assert store.requests == {"list": 1 + 1, "get": 1 + 1}


def test_runs_leave_two_objects_a_day_if_they_captured_something_new_and_none_if_not(store: CountingStore) -> None:
    for run in range(12):
        new = range(min(run, 3) + 1)  # from the fourth run on, pages that are archived already
        add(RawArchive(store), *map(page, new), run=f"run{run}")
        Lake(store).land([tass(run, published_at=NOON)])
    assert len([*store.base.list("raw/")]) == 2 * 4  # a WARC and its index
    for kind in (ARTICLES, FETCHES):
        assert len([*store.base.list(kind.key("tass", "2024-05-01").rpartition("/")[0])]) == 1

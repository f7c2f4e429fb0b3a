"""The account of a day: every listed address once, in one of four outcomes, whoever writes when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.accounts import ListsRead, read_account, row_key, write_account
from infra.lake.changes import Changes
from infra.lake.day_states import State, day_grid
from infra.lake.fetches import Fetch, FetchOutcome
from infra.lake.lake import Lake
from infra.lake.partition import FETCHES, REJECTS, DamagedError
from infra.upkeep.verify import account_faults
from infra.work.live.fetch_log import close_rejects
from tests.lake_samples import landed, rejected
from tests.memory_store import MemoryStore

DAY = "2024-05-01"
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
AFTER = NOON + timedelta(days=1)  # the day is over
LISTED = Fetch(source="gazette", url="https://gazette.example/news/0", listed_at=NOON)


def row(number: int, outcome: FetchOutcome = FetchOutcome.PENDING, at: datetime = NOON) -> Fetch:
    asked = replace(LISTED, url=f"https://gazette.example/news/{number}", outcome=outcome.value, times_asked=1)
    asked = replace(asked, first_asked_at=at, last_asked_at=at, reason="status", due_at=at)
    if outcome is FetchOutcome.LANDED:
        return replace(asked, article_id=f"a{number}", fetched_at=at, reason=None, due_at=None)
    return asked if outcome is FetchOutcome.PENDING else replace(asked, due_at=None)


def write(store: MemoryStore, *rows: Fetch, day: str = DAY, **options: object) -> None:
    with Changes(store) as changes:
        write_account(changes, "gazette", day, rows, **options)  # type: ignore[arg-type]


def state(store: MemoryStore) -> State:
    return next(day.state for day in day_grid(store) if day.date == DAY)


@given(
    st.permutations([row(0), row(0, at=AFTER), row(0, FetchOutcome.LANDED), row(1), row(1, FetchOutcome.FINAL, AFTER)])
)
def test_an_address_has_one_row_and_the_order_of_writers_does_not_matter(rows: list[Fetch]) -> None:
    store = MemoryStore()
    for each in rows:
        write(store, each)
    account = read_account(store, "gazette", DAY)
    assert [found.outcome for _, found in sorted(account.rows.items())] == [FetchOutcome.LANDED, FetchOutcome.FINAL]
    assert (account.summary.listed, account.summary.landed, account.summary.final) == (2, 1, 1)


@pytest.mark.parametrize(
    ("rows", "lists", "expected"),
    [
        ([row(0, FetchOutcome.LANDED)], ListsRead(AFTER, AFTER), State.LANDED),
        ([row(0, FetchOutcome.LANDED), row(1, FetchOutcome.REFUSED)], ListsRead(AFTER, AFTER), State.LANDED),
        ([row(0, FetchOutcome.LANDED), row(1)], ListsRead(AFTER, AFTER), State.PARTIAL),
        ([row(0, FetchOutcome.LANDED)], ListsRead(AFTER, None, ("cut",)), State.PARTIAL),
        ([row(0, FetchOutcome.LANDED)], ListsRead(NOON, NOON), State.PARTIAL),  # the day was not over
        ([row(0, FetchOutcome.LANDED)], None, State.PARTIAL),  # it came with the lists of another day
        ([], ListsRead(AFTER, AFTER), State.EMPTY),
        ([], ListsRead(AFTER, None, ("cut",)), State.PARTIAL),
    ],
)
def test_l08_the_state_of_a_day_is_its_account(rows: list[Fetch], lists: ListsRead | None, expected: State) -> None:
    store = MemoryStore()
    if rows:
        Lake(store).land([landed(0)])
    write(store, *rows, lists=lists)
    assert state(store) is expected
    assert state(store) is expected  # now from the cache


def test_articles_without_an_account_are_unlisted_and_pages_pending_before_count_once_read_whole() -> None:
    store = MemoryStore()
    Lake(store).land([landed(0)])
    assert state(store) is State.UNLISTED
    write(store, lists=ListsRead(NOON, None, ("cut",)))
    write(store, lists=ListsRead(AFTER, AFTER))
    write(store, lists=ListsRead(AFTER + timedelta(hours=1), None, ("down",)))  # what was read whole stays read
    assert state(store) is State.LANDED


def test_l11_an_account_that_does_not_add_up_is_a_fault() -> None:
    store = MemoryStore()
    write(store, row(0), row(1, FetchOutcome.LANDED))
    assert "their partition is gone" in next(account_faults(store, "gazette", DAY))
    Lake(store).land([landed(0)])
    assert list(account_faults(store, "gazette", DAY)) == []
    key = FETCHES.key("gazette", DAY)
    store.objects[key] = store.objects[key][:-20] + b"x" * 20
    assert "is damaged" in next(account_faults(store, "gazette", DAY))
    with pytest.raises(DamagedError):
        write(store, row(0))


def test_a_page_that_was_got_at_last_closes_its_earlier_rejections_only() -> None:
    store = MemoryStore()
    later = NOON + timedelta(days=3)
    Lake(store).land([], [rejected(0), rejected(1), rejected(0, captured_at=later)])
    got = NOON - timedelta(hours=1), NOON + timedelta(days=2)
    close_rejects(store, "gazette", {row_key(str(rejected(0).url)): got}, 7)
    states = [
        (each["url"][-1], each["state"])
        for day in (DAY, "2024-05-04")
        for each in Lake(store).read_partition("gazette", day, REJECTS).to_pylist()
    ]
    assert sorted(states) == [("0", "closed"), ("0", "open"), ("1", "open")]

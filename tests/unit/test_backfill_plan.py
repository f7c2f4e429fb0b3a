"""What a backfill takes up, what it does with each day, and in which batches: from the lake alone."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.choices import Reprocess
from infra.base.days import Days
from infra.base.errors import UsageError
from infra.lake.day_states import State
from infra.lake.lake import Lake
from infra.work.backfill.plan import MAX_DAYS, Action, BackfillRequest, PlannedDay, batches_of, plan_backfill
from parsers.registry import sources
from tests.lake_samples import NOON, asked, landed, rejected
from tests.memory_store import MemoryStore

START = date(2024, 5, 1)
WEEK = Days(START, START + timedelta(days=7))
TODAY = START + timedelta(days=6)  # the last day of the week: nothing in it is in the future
NOW = datetime.combine(TODAY, time(9), UTC)
VERSION = sources()["tass"].version


def land(store: MemoryStore, offset: int, mode: str | None = "live", version: int = VERSION) -> None:
    """One article, so many days after the first, and the account of a live run or the word of a reparse."""
    day = START + timedelta(days=offset)
    article = landed(
        offset, source="tass", published_at=NOON + timedelta(days=offset), parser_version=version, mode=mode or "ingest"
    )
    Lake(store).land([article], looked_at=[("tass", day.isoformat())] if mode == "reparse" else ())
    if mode == "live":
        asked(store, "tass", day)


def actions(store: MemoryStore, **request: object) -> dict[int, Action]:
    """Action by day of the week, of days that something is done with."""
    request = {"days": WEEK, "names": ("tass",)} | request
    planned = plan_backfill(store, BackfillRequest(**request), now=NOW)  # type: ignore[arg-type]
    return {(each.day - START).days: each.action for each in planned if each.action is not Action.NOTHING}


def test_a_day_that_a_run_could_not_finish_is_missing_as_long_as_the_source_can_be_asked(store: MemoryStore) -> None:
    for offset in (0, 6):
        day = START + timedelta(days=offset)
        Lake(store).land([landed(offset, source="tass", published_at=NOON + timedelta(days=offset))])
        asked(store, "tass", day, whole=False)
    found = actions(store)
    assert found[6] is Action.FETCH
    assert 0 not in found  # nobody can finish it


@pytest.mark.parametrize(
    ("landings", "request_", "expected"),
    [
        ([(offset, "live") for offset in range(7)], {}, {}),
        ([(6, None)], {}, {6: Action.FETCH}),  # it came with the links of another day: its own day is not done
        ([(0, "reparse"), (6, "reparse")], {}, {0: None, 6: Action.FETCH}),  # of day 0 nobody can be asked any more
        ([(0, "reparse"), (6, "reparse")], {"only_archive": True}, {0: None, 3: Action.PARSE, 6: None}),
        ([], {"only_archive": True}, dict.fromkeys(range(7), Action.PARSE)),
        ([(3, "live")], {"reprocess": Reprocess.ALL}, {3: Action.PARSE}),
    ],
)
def test_what_is_done_with_a_day_depends_on_who_looked_at_it(
    landings: list[tuple[int, str | None]],
    request_: dict[str, object],
    expected: dict[int, Action | None],
    store: MemoryStore,
) -> None:
    for offset, mode in landings:
        land(store, offset, mode)
    found = actions(store, **request_)
    assert {offset: found.get(offset) for offset in expected or found} == expected


def test_outdated_takes_rows_of_an_older_parser_and_asks_nobody(store: MemoryStore) -> None:
    land(store, 5)
    land(store, 6, version=VERSION - 1)
    assert actions(store, reprocess=Reprocess.OUTDATED) == {6: Action.PARSE}


def test_failed_takes_days_with_rejections_and_missing_ones(store: MemoryStore) -> None:
    for offset in range(7):
        land(store, offset)
    Lake(store).land([], [rejected(0, source="tass")])
    assert actions(store, reprocess=Reprocess.FAILED) == {0: Action.PARSE}
    assert actions(store) == {}


def test_the_newest_day_comes_first(store: MemoryStore) -> None:
    newest = plan_backfill(store, BackfillRequest(days=WEEK, names=("tass", "theissue")), now=NOW)
    assert [(each.day, each.source) for each in newest[:3]] == [
        (TODAY, "tass"),
        (TODAY, "theissue"),
        (TODAY - timedelta(days=1), "tass"),
    ]


def test_requests_are_estimated_from_what_the_source_publishes(store: MemoryStore) -> None:
    (unknown,) = plan_backfill(store, BackfillRequest(days=Days.one(TODAY), names=("tass",)), now=NOW)
    assert unknown.requests is None
    land(store, 5)
    planned = plan_backfill(store, BackfillRequest(days=WEEK, names=("tass",)), now=NOW)
    assert planned[0].requests == 1 + len(sources()["tass"].discovery) + 1  # an article, the feeds, the robots file


def test_o01_an_unknown_source_and_a_range_of_more_than_ten_years_are_refused() -> None:
    with pytest.raises(UsageError, match="no source 'gazette'"):
        BackfillRequest(days=WEEK, names=("gazette",))
    with pytest.raises(UsageError, match="at most 3,660 days"):
        BackfillRequest(days=Days(START, START + timedelta(days=MAX_DAYS + 1)))


def days_of(number: int, action: Action, requests: int | None) -> list[PlannedDay]:
    days = reversed(range(number))
    return [PlannedDay("tass", START + timedelta(days=day), State.MISSING, action, requests) for day in days]


@pytest.mark.parametrize(
    ("action", "requests", "lengths"),
    [
        (Action.FETCH, 300, [1, 1, 1, 1, 1, 1, 1]),  # more than two minutes of requests a day
        (Action.FETCH, 40, [3, 3, 1]),
        (Action.FETCH, None, [6, 1]),  # nobody knows how many
        (Action.FETCH, 4, [7]),
        (Action.PARSE, 0, [7]),
    ],
)
def test_a_batch_is_two_minutes_of_requests_or_a_month(
    action: Action, requests: int | None, lengths: list[int]
) -> None:
    batches = batches_of(days_of(7, action, requests), BackfillRequest(days=WEEK))
    assert [len(list(batch.days)) for batch in batches] == lengths
    assert [batch.days.start for batch in batches] == sorted((batch.days.start for batch in batches), reverse=True)


@given(
    numbers=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 400)), unique=True, max_size=900),
    actions=st.sampled_from([(Action.PARSE,), (Action.PARSE, Action.FETCH), tuple(Action)]),
    newest_first=st.booleans(),
)
def test_batches_hold_each_wanted_day_exactly_once_and_none_besides(
    numbers: list[tuple[int, int]], actions: tuple[Action, ...], newest_first: bool
) -> None:
    names = sorted(sources())[:4]
    planned = [
        PlannedDay(
            names[source], START + timedelta(days=day), State.MISSING, actions[(source + day // 5) % len(actions)]
        )
        for source, day in numbers
    ]
    planned.sort(key=lambda each: (each.day, each.source), reverse=newest_first)
    batches = batches_of(planned, BackfillRequest(days=WEEK))
    held = [(batch.source, day, batch.policy.only_archive) for batch in batches for day in batch.days]
    wanted = [each for each in planned if each.action is not Action.NOTHING]
    assert sorted(held) == sorted((each.source, each.day, each.action is Action.PARSE) for each in wanted)


def test_without_names_only_sources_that_the_lake_knows_are_taken_up(store: MemoryStore) -> None:
    request = BackfillRequest(days=WEEK)
    with pytest.raises(UsageError, match="Name those to begin with"):
        plan_backfill(store, request, now=NOW)
    land(store, 0)
    assert {each.source for each in plan_backfill(store, request, now=NOW)} == {"tass"}

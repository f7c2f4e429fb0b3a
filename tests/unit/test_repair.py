"""What an outage left behind: which days are repaired, which are only named, which are nobody's business."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from flows.reports.plan import repair_rows
from infra.base.days import Days
from infra.lake.lake import Lake
from infra.upkeep.repair import MAX_DAYS, plan_repairs
from infra.work.backfill.plan import Action
from infra.work.live.discovery_state import key_of
from parsers.registry import sources
from tests.lake_samples import asked, landed, rejected
from tests.memory_store import MemoryStore

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = NOW.date()
WIDE = "theissue"  # its sitemaps reach back to its first day
NARROW = "tass"  # its feeds reach back a day or two
REACH = sources()[NARROW].horizon_days


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def land(store: MemoryStore, source: str, days_ago: Iterable[int], mode: str = "live", *, whole: bool = True) -> None:
    """One article for each of the days, and the account of a live run that found it whole."""
    if store.get(key_of(source)) is None:
        store.put(key_of(source), b"what discovery remembers", if_match=None)
    for number in days_ago:
        noon = datetime.combine(ago(number), time(12), UTC)
        article = landed(number, source=source, published_at=noon, parser_version=sources()[source].version, mode=mode)
        Lake(store).land([article])
        if whole and mode == "live":
            asked(store, source, ago(number))


def repaired(store: MemoryStore, *names: str) -> list[tuple[str, int]]:
    planned = plan_repairs(store, now=NOW, names=names).planned
    assert all(each.action is Action.FETCH for each in planned)
    return [(each.source, (TODAY - each.day).days) for each in planned]


def test_of_an_empty_lake_nothing_is_missing(store: MemoryStore) -> None:
    repairs = plan_repairs(store, now=NOW)
    assert (repairs.planned, repairs.batches, repairs.gaps, repairs.alarms) == ((), [], (), ())
    assert repair_rows(repairs) == [{"source": "all", "days": "", "state": "complete", "action": "nothing"}]


def test_asked_are_sources_of_which_a_list_was_read(store: MemoryStore) -> None:
    land(store, NARROW, [3], "ingest", whole=False)
    assert plan_repairs(store, now=NOW).asked == set()
    land(store, WIDE, [0])
    assert plan_repairs(store, now=NOW).asked == {WIDE}


def test_an_outage_of_five_days_is_repaired_newest_first_by_a_source_that_lists_all(store: MemoryStore) -> None:
    land(store, WIDE, [7, 6])
    land(store, WIDE, [0], whole=False)
    assert repaired(store) == [(WIDE, days) for days in (1, 2, 3, 4, 5)]
    assert {batch.source for batch in plan_repairs(store, now=NOW).batches} == {WIDE}
    assert plan_repairs(store, now=NOW).days == Days(ago(5), TODAY)


def test_what_feeds_have_forgotten_is_named_with_the_command_to_type(store: MemoryStore) -> None:
    land(store, NARROW, [7, 6])
    assert repaired(store) == [(NARROW, days) for days in range(1, REACH + 1)]
    (gap,) = plan_repairs(store, now=NOW).gaps
    assert (gap.source, gap.days, gap.still_listed) == (NARROW, Days(ago(5), ago(REACH)), False)
    assert f"newslake backfill tass --start {ago(5)} --end {ago(REACH)} (with NEWSLAKE_CDX_URL)" in gap.remedy
    (alarm,) = plan_repairs(store, now=NOW).alarms
    assert alarm.startswith(
        f"tass, {ago(5)} up to {ago(REACH)} (left out): missing, and not repaired: newslake backfill"
    )


def test_days_beyond_a_month_are_a_persons_business_and_days_between_are_not_named(store: MemoryStore) -> None:
    land(store, WIDE, [40, 38])
    assert repaired(store) == [(WIDE, days) for days in range(1, MAX_DAYS + 1)]
    gaps = plan_repairs(store, now=NOW).gaps
    assert [(gap.days, gap.still_listed) for gap in gaps] == [
        (Days(ago(39), ago(38)), True),
        (Days(ago(37), ago(MAX_DAYS)), True),
    ]
    assert gaps[0].remedy == f"newslake backfill {WIDE} --start {ago(39)} --end {ago(38)}"


@pytest.mark.parametrize(
    ("landings", "days"),
    [
        ([((1, 2, 3, 4, 5), True, "live")], []),
        ([((20, 19), True, "ingest"), ((3,), True, "live")], [1, 2]),  # days before it was first asked are no gap
        ([((3,), True, "live"), ((2,), False, "live")], [1, 2]),  # day 2 was under way when the outage began
        ([((2, 1, 0), False, "live")], [1, 2]),  # a laptop that only ever lands days under way
        ([((0,), False, "live")], []),  # asked since today
    ],
)
def test_days_are_repaired_since_a_source_was_first_asked(
    landings: list[tuple[tuple[int, ...], bool, str]], days: list[int], store: MemoryStore
) -> None:
    for days_ago, whole, mode in landings:
        land(store, WIDE, days_ago, mode, whole=whole)
    assert repaired(store) == [(WIDE, day) for day in days]
    assert plan_repairs(store, now=NOW).gaps == ()


def test_partial_days_are_tried_again_and_rejected_pages_are_not(store: MemoryStore) -> None:
    land(store, WIDE, [4, 3, 1])
    asked(store, WIDE, ago(2), landed=0, pending=2)
    captured_at = datetime.combine(ago(3), time(12), UTC)
    Lake(store).land([], [rejected(3, source=WIDE, captured_at=captured_at)])
    assert repaired(store) == [(WIDE, 2)]


def test_only_named_sources_are_looked_at(store: MemoryStore) -> None:
    land(store, WIDE, [3])
    land(store, NARROW, [3])
    assert {source for source, _ in repaired(store, NARROW)} == {NARROW}
    assert repaired(store)[:2] == [(NARROW, 1), (WIDE, 1)]


def test_late_is_what_is_missing_and_what_is_partial_for_two_days(store: MemoryStore) -> None:
    land(store, WIDE, [5, 2])
    late = plan_repairs(store, now=NOW, names=[WIDE]).late[WIDE]
    assert [(day, state.value) for day, state in late] == [(str(ago(number)), "missing") for number in (4, 3, 1)]

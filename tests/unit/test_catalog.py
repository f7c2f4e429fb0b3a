"""Any day that is missing, stale or suspicious is visible, from a listing and footers alone."""

from datetime import date, timedelta
from typing import Any

import pytest

from infra.base.errors import NewslakeError
from infra.lake.day_states import Day, State, day_grid
from infra.lake.lake import Lake
from infra.store.object_store import ConflictError
from parsers.record.article import NULL_PARTITION
from tests.lake_samples import NOON, asked, landed, rejected
from tests.memory_store import MemoryStore

DAY = "2024-05-01"
KEY = f"articles/source=gazette/date={DAY}/articles.parquet"


def only_day(store: MemoryStore, **options: Any) -> Day:
    (day,) = day_grid(store, **options)
    return day


def test_rows_of_an_older_parser_make_a_day_outdated(
    lake: Lake, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.land([landed(0, parser_version=1), landed(1, parser_version=2)])
    for current, state in (
        (("herald", 9), State.UNLISTED),
        (("gazette", 1), State.UNLISTED),
        (("gazette", 2), State.OUTDATED),
    ):
        monkeypatch.setattr("infra.lake.day_states.parser_versions", lambda current=current: dict([current]))
        assert only_day(store).state == state
    lake.land([], [rejected(0)])
    asked(store, "gazette", date(2024, 5, 1), pending=1)
    partial = only_day(store)
    assert (partial.state, partial.outdated) == (State.PARTIAL, True)


def test_open_rejections_show_on_the_day_of_their_capture(lake: Lake, store: MemoryStore) -> None:
    lake.land([landed(0)], [rejected(1), rejected(2, reason="empty")])
    day = only_day(store)
    assert (day.state, dict(day.rejects)) == (State.REJECTS, {"empty": 1, "layout": 1})
    lake.land([landed(1, parser_version=2), landed(2, parser_version=2)])
    assert only_day(store).state == State.UNLISTED


def test_a_day_of_rejections_only_is_no_missing_day(lake: Lake, store: MemoryStore) -> None:
    lake.land([], [rejected(1)])
    assert only_day(store).state == State.REJECTS
    lake.land([landed(1, published_at=NOON + timedelta(days=1))])
    assert [day.state for day in day_grid(store)] == [State.MISSING, State.UNLISTED]


def test_undated_articles_come_last_and_only_without_a_range(lake: Lake, store: MemoryStore) -> None:
    lake.land([landed(0), landed(1, published_at=None)])
    assert [day.date for day in day_grid(store)] == [DAY, NULL_PARTITION]
    assert only_day(store, start=date(2024, 5, 1)).date == DAY
    assert only_day(store, end=date(2024, 5, 2)).date == DAY


class TestRange:
    """A range is half-open; what the lake does not know in it is missing."""

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (date(2024, 4, 29), date(2024, 5, 3), ["2024-04-29", "2024-04-30", DAY, "2024-05-02"]),
            (date(2024, 4, 30), None, ["2024-04-30", DAY]),
            (None, date(2024, 5, 3), [DAY, "2024-05-02"]),
            (None, date(2024, 5, 1), []),
            (date(2024, 5, 2), None, []),
        ],
    )
    def test_days(
        self, start: date | None, end: date | None, expected: list[str], lake: Lake, store: MemoryStore
    ) -> None:
        lake.land([landed(0)])
        assert [day.date for day in day_grid(store, start=start, end=end)] == expected

    def test_a_source_that_never_landed_is_missing_on_every_day_asked_for(self, store: MemoryStore) -> None:
        days = day_grid(store, date(2024, 5, 1), date(2024, 5, 3), ["herald"])
        assert [(day.source, day.state) for day in days] == [("herald", State.MISSING)] * 2
        assert day_grid(store, names=["herald"]) == []
        assert day_grid(store, end=date(2024, 5, 3), names=["herald"]) == []


def test_l11_a_damaged_partition_is_shown_as_such_and_the_others_as_ever(lake: Lake, store: MemoryStore) -> None:
    lake.land([landed(0), landed(0, source="herald")])
    store.objects[KEY] = b"garbage"
    assert [(day.source, day.state) for day in day_grid(store)] == [
        ("gazette", State.DAMAGED),
        ("herald", State.UNLISTED),
    ]


@pytest.mark.parametrize("error", [ConflictError("raced"), NewslakeError("no permission", "Ask.")], ids=str)
def test_a_cache_that_cannot_be_written_is_done_without(
    error: Exception, lake: Lake, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.store.object_store.LONGEST_WAIT_SECONDS", 0.01)
    lake.land([landed(0)])

    def refuse(key: str) -> None:
        raise error

    store.before_put = refuse
    assert only_day(store).state == State.UNLISTED

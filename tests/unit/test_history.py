"""Profiles of landed days, from footers alone."""

from datetime import timedelta
from typing import Any

import pytest

from infra.lake.lake import Lake
from infra.work.history import History
from parsers.record.article import Image
from parsers.record.outcome import RejectReason
from tests.lake_samples import NOON, SOURCE, landed, rejected
from tests.memory_store import MemoryStore


def land_days(lake: Lake, *numbers: int) -> None:
    lake.land([landed(number, published_at=NOON + timedelta(days=number)) for number in numbers])


def test_a_profile_says_how_many_articles_have_each_field(lake: Lake, store: MemoryStore) -> None:
    bare: dict[str, Any] = {"authors": (), "images": (), "title": None, "body": ()}
    many = {"authors": ("A", "B", "C"), "images": (Image("https://a.example/1"), Image("https://a.example/2", "c"))}
    lake.land([landed(0, **many), landed(1, **bare), landed(2, **many), landed(3, **many, topics=("x",))])
    (profile,) = History(store, SOURCE).near("2024-05-01")
    assert (profile.date, profile.articles, profile.measured) == ("2024-05-01", 4, 4)
    shares = {name: profile.fill[name] for name in ("title", "body", "authors", "images", "topics", "url", "lead")}
    expected = {"title": 0.75, "body": 0.75, "authors": 0.75, "images": 0.75, "topics": 0.25, "url": 1, "lead": 0}
    assert shares == expected


def test_fill_is_right_over_several_row_groups(lake: Lake, store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.lake.partition.ROW_GROUP_ROWS", 2)
    lake.land([landed(0), landed(1, authors=()), landed(2, authors=()), landed(3), landed(4)])
    (profile,) = History(store, SOURCE).near("2024-05-01")
    assert profile.fill["authors"] == pytest.approx(0.6)


def test_articles_without_a_date_count_in_every_day(lake: Lake, store: MemoryStore) -> None:
    land_days(lake, 0, 1)
    lake.land([landed(8, published_at=None), landed(9, published_at=None)])
    assert [day.fill["published_at"] for day in History(store, SOURCE).near("2024-05-01")] == [0.5, 0.5]


def test_rejections_count_but_those_of_what_came_in(lake: Lake, store: MemoryStore) -> None:
    lake.land([landed(0)], [rejected(1), rejected(2, reason=RejectReason.HTTP_STATUS)])
    (profile,) = History(store, SOURCE).near("2024-05-01")
    assert (profile.rejected, profile.captures, profile.reject_share) == ({"layout": 1}, 2, 0.5)


def test_the_days_before_come_first_and_none_that_is_far_away(lake: Lake, store: MemoryStore) -> None:
    land_days(lake, 0, 1, 2, 3, 4, 500)
    near = History(store, SOURCE).near("2024-05-03", 4)
    assert [day.date for day in near] == ["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04"]
    assert [day.date for day in History(store, SOURCE).near("2024-05-04", 2)] == ["2024-05-03", "2024-05-04"]


def test_empty_days_count_and_damaged_ones_are_left_out(lake: Lake, store: MemoryStore) -> None:
    land_days(lake, 0, 1)
    empty = (NOON + timedelta(days=5)).date().isoformat()
    lake.land([], looked_at=[(SOURCE, empty)])
    store.objects[f"articles/source={SOURCE}/date=2024-05-02/articles.parquet"] = b"garbage"
    near = History(store, SOURCE).near("2024-05-02")
    assert [(day.date, day.articles, day.measured) for day in near] == [("2024-05-01", 1, 1), (empty, 0, 0)]

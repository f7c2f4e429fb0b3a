"""Profiles of landed days, from footers alone."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from infra.base.errors import NewslakeError
from infra.lake.lake import Lake
from infra.store.object_store import ConflictError
from infra.work.gate.history import History
from parsers.record.article import Image
from parsers.record.outcome import RejectReason
from tests.lake_samples import NOON, SOURCE, landed, rejected
from tests.memory_store import MemoryStore

CACHE = f"_catalog/profiles/source={SOURCE}.json"


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def lake(store: MemoryStore) -> Lake:
    return Lake(store)


def land_days(lake: Lake, *numbers: int) -> None:
    lake.land([landed(number, published_at=NOON + timedelta(days=number)) for number in numbers], mode="live")


def footers_read(store: MemoryStore, day: str = "2024-05-01") -> int:
    ranges: list[str] = []
    plain = store.get_range

    def counted(key: str, offset: int, length: int) -> bytes:
        ranges.append(key)
        return plain(key, offset, length)

    store.get_range = counted  # type: ignore[method-assign] # one store of this test
    History(store, SOURCE).near(day)
    store.get_range = plain  # type: ignore[method-assign]
    return len(ranges)


def test_a_profile_says_how_many_articles_have_each_field(lake: Lake, store: MemoryStore) -> None:
    bare: dict[str, Any] = {"authors": (), "images": (), "title": None, "body": ()}
    many = {"authors": ("A", "B", "C"), "images": (Image("https://a.example/1"), Image("https://a.example/2", "c"))}
    lake.land([landed(0, **many), landed(1, **bare), landed(2, **many), landed(3, **many, topics=("x",))], mode="live")
    (profile,) = History(store, SOURCE).near("2024-05-01")
    assert (profile.date, profile.articles, profile.measured) == ("2024-05-01", 4, 4)
    shares = {name: profile.fill[name] for name in ("title", "body", "authors", "images", "topics", "url", "lead")}
    expected = {"title": 0.75, "body": 0.75, "authors": 0.75, "images": 0.75, "topics": 0.25, "url": 1, "lead": 0}
    assert shares == expected


def test_fill_is_right_over_several_row_groups(lake: Lake, store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.lake.partition.ROW_GROUP_ROWS", 2)
    lake.land([landed(0), landed(1, authors=()), landed(2, authors=()), landed(3), landed(4)], mode="live")
    (profile,) = History(store, SOURCE).near("2024-05-01")
    assert profile.fill["authors"] == pytest.approx(0.6)


def test_articles_without_a_date_count_in_every_day(lake: Lake, store: MemoryStore) -> None:
    land_days(lake, 0, 1)
    lake.land([landed(8, published_at=None), landed(9, published_at=None)], mode="live")
    assert [day.fill["published_at"] for day in History(store, SOURCE).near("2024-05-01")] == [0.5, 0.5]


def test_rejections_count_but_those_of_what_came_in(lake: Lake, store: MemoryStore) -> None:
    lake.land([landed(0)], [rejected(1), rejected(2, reason=RejectReason.HTTP_STATUS)], mode="live")
    (profile,) = History(store, SOURCE).near("2024-05-01")
    assert (profile.rejected, profile.captures, profile.reject_share) == ({"layout": 1}, 2, 0.5)


def test_the_days_before_come_first_and_none_that_is_far_away(lake: Lake, store: MemoryStore) -> None:
    land_days(lake, 0, 1, 2, 3, 4, 500)
    near = History(store, SOURCE).near("2024-05-03", 4)
    assert [day.date for day in near] == ["2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04"]
    assert [day.date for day in History(store, SOURCE).near("2024-05-04", 2)] == ["2024-05-03", "2024-05-04"]
    assert History(store, SOURCE).newest() == (NOON + timedelta(days=500)).date()


def test_days_without_articles_and_damaged_ones_are_left_out(lake: Lake, store: MemoryStore) -> None:
    land_days(lake, 0, 1)
    lake.land([], [rejected(1, captured_at=NOON + timedelta(days=5))], mode="live")
    store.objects[f"articles/source={SOURCE}/date=2024-05-02/articles.parquet"] = b"garbage"
    assert [day.date for day in History(store, SOURCE).near("2024-05-02")] == ["2024-05-01"]


def test_a_source_that_never_landed_has_no_history(store: MemoryStore) -> None:
    assert History(store, SOURCE).near("2024-05-02") == []
    assert History(store, SOURCE).newest() is None
    assert store.objects == {}


class TestCache:
    """Footers are remembered by ETag; what is remembered can be lost or damaged at any time."""

    def test_a_footer_is_read_once_for_each_version_of_its_object(self, lake: Lake, store: MemoryStore) -> None:
        land_days(lake, *range(6))
        assert footers_read(store) == 6
        assert footers_read(store) == 0
        lake.land([landed(90)], mode="live")
        assert footers_read(store) == 1
        assert History(store, SOURCE).near("2024-05-01")[0].articles == 2

    def test_few_footers_are_not_worth_a_put(self, lake: Lake, store: MemoryStore) -> None:
        land_days(lake, 0)
        assert footers_read(store) == 1
        assert CACHE not in store.objects

    @pytest.mark.parametrize("cached", [b"", b"[]", b"{", b'{"k": 1}', b'{"k": {"etag": "x"}}'])
    def test_a_cache_that_cannot_be_read_is_made_again(self, cached: bytes, lake: Lake, store: MemoryStore) -> None:
        land_days(lake, *range(5))
        store.objects[CACHE] = cached
        assert len(History(store, SOURCE).near("2024-05-01")) == 5
        assert len(orjson.loads(store.objects[CACHE])) == 5

    @pytest.mark.parametrize("error", [ConflictError("raced"), NewslakeError("no permission", "Ask.")], ids=str)
    def test_a_cache_that_cannot_be_written_is_done_without(
        self, error: Exception, lake: Lake, store: MemoryStore
    ) -> None:
        land_days(lake, *range(5))

        def refuse(key: str) -> None:
            raise error

        store.before_put = refuse
        assert len(History(store, SOURCE).near("2024-05-01")) == 5

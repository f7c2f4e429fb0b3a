"""What the raw archive holds of a source, and need not be fetched again; what a killed run leaves there is taken up."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from infra.base.days import Days
from infra.lake.accounts import row_key
from infra.store.object_store import ObjectStore
from infra.work.live.captured import Captured
from parsers.record.capture import Capture
from tests.lake_samples import SOURCE
from tests.memory_store import MemoryStore
from tests.raw_lake import DAY, NOON, ClockedStore, archive, capture

TODAY = NOON.date()


def _load(store: ObjectStore, days: Days | None = None, today: date = TODAY) -> Captured:
    return Captured.load(store, SOURCE, days or Days.one(TODAY), today=today)


def _url(number: int) -> str:
    return f"https://gazette.example/news/{number}"


def _holds(*captures: Capture) -> bool:
    store = MemoryStore()
    archive(store, captures, "r1")
    return row_key(_url(0)) in _load(store).pages


def test_an_archived_address_is_held_however_it_is_written() -> None:
    store = MemoryStore()
    archive(store, [capture(0), capture(0, NOON + timedelta(hours=1), body=b"<p>newer")], "r1")
    pages = _load(store).pages
    same = ("http://gazette.example/news/0", "https://www.gazette.example/news/0/?utm_source=x#top", _url(0))
    assert [pages[row_key(url)] for url in same] == [NOON + timedelta(hours=1)] * 3
    assert row_key(_url(1)) not in pages


@pytest.mark.parametrize("status", [200, None, 404, 403, 451, 410, 408, 425, 429, 500, 503, 301, 304])
def test_f29_only_pages_are_held_whatever_a_server_answered_instead(status: int | None) -> None:
    assert _holds(replace(capture(0), http_status=status)) is (status in (200, None))


def test_f18_a_page_that_was_cut_short_is_not_held_until_it_came_whole() -> None:
    cut = replace(capture(0), truncated=True)
    assert not _holds(cut)
    assert _holds(cut, replace(capture(0, body=b"<p>whole"), captured_at=NOON + timedelta(hours=1)))


def test_the_very_capture_of_a_time_is_known_however_good_it_is() -> None:
    store = MemoryStore()
    archive(store, [replace(capture(0), truncated=True)], "r1")
    captured = _load(store)
    assert captured.has_capture("http://gazette.example/news/0", NOON)
    assert not captured.has_capture(_url(0), NOON + timedelta(seconds=1))
    assert not captured.has_capture("", NOON)


@pytest.mark.parametrize("length", [1, 400])
def test_capture_days_from_the_day_before_up_to_today_are_looked_at(length: int) -> None:
    store = ClockedStore()
    offsets = (-2, -1, 0, length, length + 1)
    archive(store, [capture(number, NOON + offset * DAY) for number, offset in enumerate(offsets)], "r1")
    captured = _load(store, today=TODAY + length * DAY)
    assert set(captured.pages) == {row_key(_url(number)) for number in (1, 2, 3)}

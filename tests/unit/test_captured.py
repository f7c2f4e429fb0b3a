"""What the raw archive holds of a source, and need not be fetched again; what a killed run leaves there is taken up."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from infra.archive.raw_archive import ArchivedCapture, RawArchive
from infra.archive.raw_objects import RawObjects
from infra.base.days import Days
from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.store.object_store import ObjectStore
from infra.work.live.captured import Captured
from infra.work.reparse.reparse import rebuild
from infra.work.run import Run
from parsers.record.capture import Capture
from tests import sample_pages as pages
from tests.lake_samples import SOURCE
from tests.landed_captures import archive as archive_pages
from tests.landed_captures import land as land_page
from tests.memory_store import MemoryStore
from tests.raw_lake import DAY, NOON, ClockedStore, KilledError, archive, capture, captures_in, land, rows

TODAY = NOON.date()


def _load(store: ObjectStore, days: Days | None = None, today: date = TODAY) -> Captured:
    return Captured.load(store, SOURCE, days or Days.one(TODAY), today=today)


def _url(number: int) -> str:
    return f"https://gazette.example/news/{number}"


def _holds(*captures: Capture) -> bool:
    store = MemoryStore()
    archive(store, captures, "r1")
    return _load(store).has(_url(0))


def test_an_archived_address_is_held_however_it_is_written() -> None:
    store = MemoryStore()
    archive(store, [capture(0)], "r1")
    captured = _load(store)
    same = ("http://gazette.example/news/0", "https://www.gazette.example/news/0/?utm_source=x#top", _url(0))
    assert [captured.has(url) for url in same] == [True] * 3
    assert not captured.has(_url(1))
    assert not captured.has("no address")
    assert not captured.gone(_url(0))


@pytest.mark.parametrize(
    ("status", "held"),
    [
        *((status, True) for status in (200, None, 404, 403, 451, 410)),
        *((status, False) for status in (408, 425, 429, 500, 503, 301, 304)),
    ],
)
def test_f29_pages_and_final_statuses_are_held_passing_failures_are_not(status: int | None, held: bool) -> None:
    assert _holds(replace(capture(0), http_status=status)) is held


def test_f29_an_address_that_answered_410_is_gone() -> None:
    store = MemoryStore()
    archive(store, [replace(capture(0), http_status=410), replace(capture(1), http_status=404)], "r1")
    captured = _load(store)
    assert (captured.gone(_url(0)), captured.gone(_url(1)), captured.gone("")) == (True, False, False)


def test_f18_a_page_that_was_cut_short_is_asked_for_once_more_and_no_oftener() -> None:
    cut = replace(capture(0), truncated=True)
    assert not _holds(cut)
    assert _holds(cut, replace(cut, captured_at=NOON + timedelta(hours=1)))
    assert _holds(cut, replace(capture(0, body=b"<p>whole"), captured_at=NOON + timedelta(hours=1)))


def test_a_cut_page_that_two_writers_archived_counts_once() -> None:
    store, rival = MemoryStore(), MemoryStore()
    cut = replace(capture(0), truncated=True)
    archive(store, [cut], "r1")
    archive(rival, [cut], "r2")
    store.objects |= rival.objects
    assert not _load(store).has(_url(0))


def test_the_very_capture_of_a_time_is_known_however_good_it_is() -> None:
    store = MemoryStore()
    archive(store, [replace(capture(0), truncated=True)], "r1")
    captured = _load(store)
    assert captured.has_capture("http://gazette.example/news/0", NOON)
    assert not captured.has_capture(_url(0), NOON + timedelta(seconds=1))
    assert not captured.has_capture("", NOON)


def test_captures_without_an_address_are_pending_and_hold_nothing() -> None:
    store = MemoryStore()
    archive(store, [replace(capture(0), url=None)], "r1")
    captured = _load(store)
    assert (captured.has(_url(0)), len(captured.pending)) == (False, 1)


@pytest.mark.parametrize("length", [1, 400])
def test_capture_days_from_the_day_before_up_to_today_are_looked_at(length: int) -> None:
    store = ClockedStore()
    offsets = (-2, -1, 0, length, length + 1)
    archive(store, [capture(number, NOON + offset * DAY) for number, offset in enumerate(offsets)], "r1")
    captured = _load(store, today=TODAY + length * DAY)
    assert [captured.has(_url(number)) for number in range(5)] == [False, True, True, True, False]
    assert len(captured.pending) == 3


def test_days_that_have_not_come_hold_nothing() -> None:
    assert _load(MemoryStore(), Days.one(TODAY + 3 * DAY)).pending == ()


def test_the_first_day_of_all_has_none_before_it() -> None:
    store = MemoryStore()
    archive(store, [capture(0)], "r1")
    assert len(_load(store, Days.one(date.min)).pending) == 1


def test_an_index_that_a_killed_writer_left_out_is_made_again() -> None:
    store = MemoryStore()
    archive(store, [capture(0)], "r1")
    store.objects = {key: body for key, body in store.objects.items() if not key.endswith(".cdxj")}
    assert _load(store).has(_url(0))
    assert any(key.endswith(".cdxj") for key in store.objects)


def test_what_waits_to_be_deleted_is_held_but_not_landed() -> None:
    store = MemoryStore()
    archived = archive(store, [capture(0)], "r1")
    RawObjects(store).mark_expiring(archived[0].pointer.uri)
    captured = _load(store)
    assert (captured.has(_url(0)), captured.pending) == (True, ())


def _work(store: ClockedStore, fetched: list[int]) -> None:
    """What a run does: land what is pending, fetch what is not held, archive it, land it."""
    captured = _load(store)
    raw = RawArchive(store)
    land(store, [ArchivedCapture(raw.read(place), place, new=False) for place in captured.pending], "r9")
    captured.note_parsed(store)
    wanted = [number for number in range(4) if not captured.has(_url(number))]
    fetched += wanted
    for number in wanted:
        land(store, archive(store, [capture(number)], f"r{number + 1}"), f"r{number + 1}")


def test_l02_killed_at_any_point_no_archived_page_is_fetched_twice_and_none_is_lost() -> None:
    undisturbed = ClockedStore()
    _work(undisturbed, [])
    for step in range(200):
        store = ClockedStore()
        fetched: list[int] = []
        store.kill_before(step)
        try:
            _work(store, fetched)
        except KilledError:
            store.kill_before(None)
            again: list[int] = []
            held = {url for url in map(_url, range(4)) if _load(store).has(url)}
            _work(store, again)
            assert held.isdisjoint(map(_url, again))
            assert rows(store).keys() == rows(undisturbed).keys()
            assert captures_in(store) == captures_in(undisturbed)
            assert _load(store).pending == ()
        else:
            assert step > 20
            return
    pytest.fail("it never came to its end")


def test_l02_a_run_killed_between_archiving_and_landing_is_taken_up_from_the_archive(tmp_path: Path) -> None:
    run = Run(Settings(lake=str(tmp_path), workers=1), "20240201T000000Z-000001")
    captures = [*(pages.capture(number) for number in range(4)), pages.capture(5, b"<p>")]
    archive_pages(run, captures)
    land_page(run, captures[0])
    store, days = run.open_store(), Days(pages.FIRST_DAY, pages.FIRST_DAY + timedelta(days=3))

    def load() -> Captured:
        return Captured.load(store, "tass", days, today=date(2024, 2, 1))

    captured = load()
    assert all(captured.has(pages.url(number)) for number in (0, 1, 2, 3, 5))
    report = rebuild(captured.pending_chunks(), run)
    assert (report.parsed, dict(report.rejected)) == (3, {"empty": 1})
    captured.note_parsed(store)
    assert load().pending == ()
    assert sum(Lake(store).read_partition("tass", day).num_rows for _, day, _ in Lake(store).partitions("tass")) == 4

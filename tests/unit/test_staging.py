"""Pages that wait for the archive: none is lost wherever a run is killed, and no row ever points to where they wait."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from infra.archive.raw_archive import RawArchive
from infra.archive.staging import Staging
from infra.base.choices import Layer
from infra.base.days import Days
from infra.base.errors import NewslakeError
from infra.lake.accounts import row_key
from infra.store.object_store import ObjectStore
from infra.upkeep.expiry import GRACE, expire
from infra.work.live.listed import Captured
from parsers.record.capture import Capture
from tests.lake_samples import SOURCE
from tests.memory_store import MemoryStore
from tests.passing_stores import Killed, SteppedStore, kill
from tests.raw_lake import DAY, NOON, ClockedStore, archive, by_identity, capture, captures_in, faults, land, rows

HOUR = timedelta(hours=1)
# Three batches of two days, the last with a page that was seen before.
BATCHES = (
    [capture(0), capture(1)],
    [capture(2), capture(3, NOON + DAY)],
    [capture(0, NOON + HOUR), capture(4, NOON + DAY)],
)
ALL = [page for batch in BATCHES for page in batch]


@pytest.fixture
def store() -> ClockedStore:
    return ClockedStore()


def staged(store: ClockedStore) -> list[str]:
    return [key for key in store.objects if key.startswith("staging/")]


def work(store: ObjectStore, run_id: str) -> None:
    """What a live run does: archive leftovers and land them, stage what it has to fetch, archive, land."""
    staging, archive = Staging(store, SOURCE), RawArchive(store)
    archived = archive.add([(SOURCE, page) for page in staging.left_over()], run_id=run_id, worker="left")
    staging.clear()
    known = {entry.identity for day in (NOON, NOON + DAY) for entry in archive.entries(SOURCE, day.date())}
    missing = [[page for page in batch if page.identity not in known] for batch in BATCHES]
    for batch in missing:
        staging.put(batch)
    archived += archive.add([(SOURCE, page) for batch in missing for page in batch], run_id=run_id, worker="live")
    staging.clear()
    land(store, archived, run_id)


def test_l02_killed_before_any_operation_no_page_is_lost_and_the_next_run_ends_as_one_that_was_not() -> None:
    kills = 0
    while True:
        store = ClockedStore()
        try:
            work(SteppedStore(store, kills + 1, kill), "r1")
        except Killed:
            kept = by_identity(Staging(store, SOURCE).left_over()) | captures_in(store)
        else:
            break
        assert faults(store) == [], f"after a kill before operation {kills}"
        assert len(kept) >= sum(map(len, BATCHES[: _batches_put(store)]))
        work(store, "r2")
        assert staged(store) == []
        assert captures_in(store) == by_identity(ALL)
        assert faults(store) == []
        kills += 1
    assert kills > 20


def _batches_put(store: ClockedStore) -> int:
    return sum(key.startswith("staging/") for key in set(store.puts))


def test_l03_no_row_or_expiry_that_comes_while_pages_wait_knows_them(store: ClockedStore) -> None:
    """A reparse beside a live run takes what the archive names; an expiry deletes nothing that waits."""
    staging = Staging(store, SOURCE)
    for batch in BATCHES:
        staging.put(batch)
    assert RawArchive(store).entries(SOURCE) == []
    store.now += 2 * GRACE
    assert expire(store, Layer.RAW, store.now.date(), now=store.now) == []
    work(store, "r2")
    uris = {row["capture_uri"] for row in rows(store).values()}
    assert uris
    assert all(uri.startswith("raw/") for uri in uris)


def test_a_staged_batch_that_is_damaged_is_named_with_the_remedy(store: ClockedStore) -> None:
    Staging(store, SOURCE).put(BATCHES[0])
    (key,) = staged(store)
    store.objects[key] = store.objects[key][:-30]
    with pytest.raises(NewslakeError, match=rf"{key} in memory is damaged: .*Move it out of the lake"):
        Staging(store, SOURCE).left_over()


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


@pytest.mark.parametrize("length", [1, 400])
def test_capture_days_from_the_day_before_up_to_today_are_looked_at(length: int) -> None:
    store = ClockedStore()
    offsets = (-2, -1, 0, length, length + 1)
    archive(store, [capture(number, NOON + offset * DAY) for number, offset in enumerate(offsets)], "r1")
    captured = _load(store, today=TODAY + length * DAY)
    assert set(captured.pages) == {row_key(_url(number)) for number in (1, 2, 3)}

"""Compaction: fewer objects, the same captures, and every row follows."""

import re
from argparse import Namespace
from datetime import date
from pathlib import Path

import pytest
from warcio.checker import Checker

from infra.archive.raw_archive import RawArchive
from infra.base.errors import NewslakeError
from infra.lake.lake import Lake
from infra.store.open_store import open_store
from infra.upkeep import compaction
from infra.upkeep.compaction import CompactionReport, compact, plan_compaction
from tests.compacted_lake import BEFORE, COMPACTED, NO_GRACE, compact_all, fill
from tests.lake_samples import SOURCE
from tests.memory_store import MemoryStore
from tests.raw_lake import DAY, NOON, ClockedStore, capture, captures_in, faults, ingest, rows, warcs


@pytest.fixture
def store() -> ClockedStore:
    return ClockedStore()


def test_many_small_objects_become_few_and_every_row_follows(store: ClockedStore) -> None:
    fill(store)
    captures, said = captures_in(store), rows(store)
    assert len(warcs(store)) == 6
    report = compact_all(store)
    names = warcs(store)
    assert len(names) == 3  # bodies and revisits of the first day; on the second all are revisits
    assert all(COMPACTED.fullmatch(name) for name in names)
    assert [(each.merged, each.written, each.deleted, each.waiting) for each in report.days] == [
        (3, 2, 3, 0),
        (3, 1, 3, 0),
    ]
    assert report.days[0].merged_bytes == report.days[0].deleted_bytes > 0
    assert captures_in(store) == captures
    assert faults(store) == []
    after = rows(store)
    assert {row["capture_uri"].rpartition("/")[2][:2] for row in after.values()} == {"0-"}
    place = {"capture_uri": "", "capture_offset": 0, "capture_length": 0}
    assert {key: row | place for key, row in after.items()} == {key: row | place for key, row in said.items()}


def test_repeating_it_changes_nothing(store: ClockedStore) -> None:
    fill(store)
    compact_all(store)
    objects = dict(store.objects)
    puts = len(store.puts)
    assert compact_all(store) == CompactionReport()
    assert (store.objects, len(store.puts)) == (objects, puts)


def test_the_same_objects_are_merged_into_the_same_bytes(store: ClockedStore) -> None:
    other = ClockedStore()
    for each in (store, other):
        fill(each)
        compact_all(each)
    assert store.objects == other.objects


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(store: ClockedStore) -> None:
    fill(store, days=1)
    objects = dict(store.objects)
    (planned,) = compact_all(store, dry_run=True).days
    assert store.objects == objects
    (done,) = compact_all(store).days
    assert (planned.merged, planned.merged_bytes, planned.written) == (done.merged, done.merged_bytes, done.written)


def test_warcio_finds_nothing_wrong_in_compacted_objects(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    fill(store)
    captures = captures_in(store)
    compact_all(store)
    found = [str(path) for path in tmp_path.rglob("*.warc.gz")]
    assert len(found) == 3
    assert Checker(Namespace(inputs=found, verbose=False)).process_all() == 0
    assert captures_in(store) == captures
    assert faults(store) == []
    for path in tmp_path.rglob("*.cdxj"):
        path.unlink()
    assert captures_in(store) == captures


def test_a_day_of_one_object_and_days_that_are_not_over_are_left_alone(store: ClockedStore) -> None:
    ingest(store, [capture(0)], "r0")
    late = NOON + 25 * DAY
    for number in range(2):
        ingest(store, [capture(number, late)], f"late{number}")
    assert compact_all(store) == CompactionReport()
    assert len(warcs(store)) == 3


def test_a_revisit_of_a_later_day_keeps_its_original_until_that_day_is_compacted(store: ClockedStore) -> None:
    for number in range(2):
        ingest(store, [capture(number)], f"a{number}")
    ingest(store, [capture(0, NOON + DAY), capture(1, NOON + 2 * DAY)], "b0")
    captures = captures_in(store)
    (stretch,) = plan_compaction(store, date(2024, 5, 2))
    assert stretch.days == (date(2024, 5, 1),)
    report = compact(store, stretch, now=store.now, grace=NO_GRACE)
    assert [(day.merged, day.deleted, day.waiting) for day in report.days] == [(2, 0, 2)]
    assert captures_in(store) == captures
    assert faults(store) == []
    report = compact_all(store)
    assert [(day.day.day, day.merged, day.deleted, day.waiting) for day in report.days] == [
        (1, 0, 2, 0),
        (2, 1, 1, 0),
        (3, 1, 1, 0),
    ]
    assert captures_in(store) == captures
    assert faults(store) == []
    assert compact_all(store) == CompactionReport()


def test_revisits_that_are_written_again_move_no_bodies(store: ClockedStore) -> None:
    """Else moving one day's bodies would move those of the next, and so on through all days."""
    for day in range(6):
        ingest(store, [capture(0, NOON + day * DAY), capture(10 + 2 * day, NOON + day * DAY)], f"a{day}")
        ingest(store, [capture(30 + 2 * day, NOON + day * DAY)], f"b{day}")
    compact_all(store)
    bodies = {name for name in warcs(store) if name.endswith("-00000.warc.gz")}
    assert len(bodies) == 6
    ingest(store, [capture(99, NOON)], "late")
    captures = captures_in(store)
    compact_all(store)
    moved = {name[:10] for name in bodies.difference(warcs(store))}
    assert moved == {"2024-05-01"}
    assert captures_in(store) == captures
    assert faults(store) == []
    assert compact_all(store) == CompactionReport()


def test_objects_are_filled_to_their_limits_and_no_further(
    store: ClockedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "MAX_OBJECT_RECORDS", 4)
    for number in range(7):
        ingest(store, [capture(number)], f"r{number}")
    captures = captures_in(store)
    assert compact_all(store).days[0].written == 2
    index = [len(RawArchive(store)._objects.entries_of(f"raw/source={SOURCE}/date={name}")) for name in warcs(store)]
    assert index == [4, 3]
    assert compact_all(store) == CompactionReport()
    monkeypatch.setattr(compaction, "MAX_OBJECT_RECORDS", 5_000)
    monkeypatch.setattr(compaction, "MAX_OBJECT_BYTES", 1)
    assert compact_all(store) == CompactionReport()  # none is small now
    assert captures_in(store) == captures


def test_captures_that_come_in_late_are_merged_again(store: ClockedStore) -> None:
    fill(store, days=1)
    for generation in range(2, 5):
        compact_all(store)
        ingest(store, [capture(100 * generation)], f"late{generation}")
    captures = captures_in(store)
    compact_all(store)
    assert [name.split("/")[1][:7] for name in warcs(store)] == ["0-9995-", "0-9995-"]
    assert captures_in(store) == captures
    assert faults(store) == []


def test_after_the_last_generation_objects_are_left_as_they_are(
    store: ClockedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, days=1)
    compact_all(store)
    ingest(store, [capture(100)], "late")
    monkeypatch.setattr(compaction, "GENERATIONS", 1)
    monkeypatch.setattr(compaction, "COMPACTED", re.compile(r".*/0-(?:999(\d))-.*"))
    objects = dict(store.objects)
    monkeypatch.setattr(compaction, "_generation", lambda objects: 2)
    assert compact_all(store) == CompactionReport()
    assert store.objects == objects


@pytest.mark.parametrize("what", ["warc", "index"])
def test_l11_a_damaged_object_is_named_and_nothing_is_deleted(store: ClockedStore, what: str) -> None:
    fill(store, days=1)
    key = f"raw/source={SOURCE}/date={warcs(store)[1]}"
    if what == "warc":
        store.objects[key] = store.objects[key][:-40] + bytes(40)
    else:
        index = key.replace(".warc.gz", ".cdxj")
        store.objects[index] = store.objects[index].replace(b'"truncated": false', b'"truncated": true ')
    keys = set(store.objects)
    with pytest.raises(NewslakeError, match=rf"{re.escape(key)} at byte \d+ in memory is damaged: .*Restore"):
        compact_all(store)
    assert keys <= set(store.objects)


def test_an_object_that_is_gone_is_named(store: ClockedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, days=1)
    key = f"raw/source={SOURCE}/date={warcs(store)[1]}"
    get = store.get
    monkeypatch.setattr(store, "get", lambda wanted: None if wanted == key else get(wanted))
    with pytest.raises(NewslakeError, match=f"{re.escape(key)} in memory has no"):
        compact_all(store)


def test_what_stands_beside_no_warc_is_swept(store: ClockedStore) -> None:
    fill(store, days=1)
    folder = f"raw/source={SOURCE}/date=2024-05-01/"
    for stray in ("gone.cdxj", "gone.expiring"):
        store.put(folder + stray, b"", if_match=None)
    compact_all(store)
    assert not any("gone" in key for key in store.objects)


def test_only_the_source_asked_for_is_planned(store: ClockedStore) -> None:
    fill(store)
    assert plan_compaction(store, BEFORE, "tass") == []
    assert [stretch.days for stretch in plan_compaction(store, BEFORE, SOURCE)] == [
        (date(2024, 5, 1), date(2024, 5, 2))
    ]
    with pytest.raises(NewslakeError, match="source name"):
        plan_compaction(store, BEFORE, "../x")


def test_many_days_are_compacted_a_month_at_a_time(store: ClockedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "STRETCH_DAYS", 2)
    fill(store, days=5, runs=2)
    captures = captures_in(store)
    assert [len(stretch.days) for stretch in plan_compaction(store, BEFORE)] == [2, 2, 1]
    for _ in range(2):  # what is revisited from the next stretch is deleted by the next run
        compact_all(store)
    assert all(COMPACTED.fullmatch(name) for name in warcs(store))
    assert captures_in(store) == captures
    assert faults(store) == []


def test_a_plain_store_of_any_kind_will_do() -> None:
    store = MemoryStore()
    fill(store, days=1)
    compact_all(store)
    assert faults(store) == []
    assert len(list(Lake(store).partitions())) == 1

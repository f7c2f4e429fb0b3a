"""Compaction: fewer objects, the same captures, and no row that points nowhere, whenever it is killed."""

import re
from argparse import Namespace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.checker import Checker

from infra.archive import RawArchive
from infra.errors import NewslakeError
from infra.lake import Lake
from infra.object_store import ObjectStore, open_store
from infra.raw import compaction
from infra.raw.compaction import CompactionReport, compact, plan_compaction
from infra.raw.raw_references import GRACE
from infra.raw.row_pointers import move_captures
from infra.tables.partition import ARTICLES
from tests.lake_samples import SOURCE
from tests.memory_store import MemoryStore
from tests.raw_lake import (
    DAY,
    NOON,
    ClockedStore,
    KilledError,
    archive,
    by_identity,
    capture,
    captures_in,
    faults,
    ingest,
    land,
    rows,
    warcs,
)

BEFORE = date(2024, 5, 20)
LATEST = NOON + DAY + timedelta(hours=2)  # of the captures that `fill` makes: articles have the latest
NO_GRACE = timedelta(0)
COMPACTED = re.compile(r"2024-05-0\d/0-\d{4}-[0-9a-f]{16}-\d{5}\.warc\.gz")


@pytest.fixture
def store() -> ClockedStore:
    return ClockedStore()


def run(store: ObjectStore, *, grace: timedelta = NO_GRACE, dry_run: bool = False) -> CompactionReport:
    now = store.now if isinstance(store, ClockedStore) else NOON + 365 * 100 * DAY
    report = CompactionReport()
    for stretch in plan_compaction(store, BEFORE):
        report += compact(store, stretch, now=now, grace=grace, dry_run=dry_run)
    return report


def fill(store: ObjectStore, *, days: int = 2, runs: int = 3) -> None:
    """Each run sees two pages for the first time, and again all pages that there were before."""
    for day in range(days):
        for number in range(runs):
            at = NOON + day * DAY + number * timedelta(hours=1)
            seen = range(2 * number + 2)
            ingest(store, (capture(each, at) for each in seen), f"r{day}{number}")


def test_many_small_objects_become_few_and_every_row_follows(store: ClockedStore) -> None:
    fill(store)
    captures, said = captures_in(store), rows(store)
    assert len(warcs(store)) == 6
    report = run(store)
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
    run(store)
    objects = dict(store.objects)
    puts = len(store.puts)
    assert run(store) == CompactionReport()
    assert (store.objects, len(store.puts)) == (objects, puts)


def test_the_same_objects_are_merged_into_the_same_bytes(store: ClockedStore) -> None:
    other = ClockedStore()
    for each in (store, other):
        fill(each)
        run(each)
    assert store.objects == other.objects


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(store: ClockedStore) -> None:
    fill(store, days=1)
    objects = dict(store.objects)
    (planned,) = run(store, dry_run=True).days
    assert store.objects == objects
    (done,) = run(store).days
    assert (planned.merged, planned.merged_bytes, planned.written) == (done.merged, done.merged_bytes, done.written)


def test_warcio_finds_nothing_wrong_in_compacted_objects(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    fill(store)
    captures = captures_in(store)
    run(store)
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
    assert run(store) == CompactionReport()
    assert len(warcs(store)) == 3


def test_l02_killed_before_any_operation_a_second_run_finishes_and_no_row_ever_points_nowhere() -> None:
    whole = ClockedStore()
    fill(whole)
    captures = captures_in(whole)
    filled = dict(whole.objects), dict(whole.written_at)
    run(whole)
    kills = 0
    while True:
        store = ClockedStore()
        store.objects, store.written_at = dict(filled[0]), dict(filled[1])
        store.kill_before(kills)
        try:
            run(store)
        except KilledError:
            store.kill_before(None)
        else:
            break
        assert faults(store) == [], f"after a kill before operation {kills}"
        assert captures_in(store) == captures
        run(store)
        run(store)  # where copies of the killed run had to be merged again
        assert faults(store) == []
        assert captures_in(store) == captures
        assert all(COMPACTED.fullmatch(name) for name in warcs(store))
        assert len(warcs(store)) == len(warcs(whole))
        kills += 1
    assert kills > 60


def test_merged_objects_are_kept_for_a_day_for_those_who_still_go_by_the_old_place(store: ClockedStore) -> None:
    fill(store)
    before = {**store.objects}
    assert [day.waiting for day in run(store, grace=GRACE).days] == [3, 3]
    store.now += GRACE - timedelta(seconds=1)
    assert [day.deleted for day in run(store, grace=GRACE).days] == [0, 0]
    assert before.keys() <= store.objects.keys()
    store.now += timedelta(seconds=1)
    assert [(day.deleted, day.waiting) for day in run(store, grace=GRACE).days] == [(3, 0), (3, 0)]
    assert all(COMPACTED.fullmatch(name) for name in warcs(store))
    assert faults(store) == []


def test_l03_a_writer_that_looked_before_loses_nothing(store: ClockedStore) -> None:
    """It knows the old place, and lands better rows with it when all else points to the new one."""
    fill(store)
    archived = archive(store, [capture(number, LATEST) for number in range(2)], "slow")
    assert not any(each.new for each in archived)
    run(store, grace=GRACE)
    land(store, archived, "slow", parser_version=2)
    assert archived[0].pointer.uri in {row["capture_uri"] for row in rows(store).values()}
    assert faults(store) == []
    store.now += GRACE
    run(store, grace=GRACE)
    assert all(COMPACTED.fullmatch(name) for name in warcs(store))
    assert faults(store) == []


def test_l03_an_object_that_rows_were_landed_into_at_the_last_moment_is_kept(
    store: ClockedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    archived = archive(store, [capture(0, LATEST)], "late")
    real = compaction._Compaction.delete

    def landing_first(self: compaction._Compaction, *args: object, **options: object) -> None:
        land(store, archived, "late", parser_version=2)
        real(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(compaction._Compaction, "delete", landing_first)
    assert [(day.deleted, day.waiting) for day in run(store).days] == [(0, 3), (2, 1)]  # revisits, and what they need
    assert faults(store) == []
    monkeypatch.undo()
    assert [(day.deleted, day.waiting) for day in run(store).days] == [(3, 0), (1, 0)]
    assert faults(store) == []


def test_l03_captures_that_come_in_meanwhile_are_kept_and_merged_next_time(store: ClockedStore) -> None:
    fill(store)
    captures = captures_in(store)
    late = [capture(100 + number) for number in range(20)]
    busy = False

    def rival(key: str) -> None:
        nonlocal busy
        if not busy and late:
            busy = True
            ingest(store, [late.pop(), capture(0)], f"rival{len(late)}")
            busy = False

    store.before_put = rival
    captures |= by_identity(late)
    for _ in range(4):
        run(store, grace=GRACE)
        store.now += GRACE
        assert faults(store) == []
    assert not late
    store.before_put = lambda key: None
    run(store)
    assert captures_in(store) == captures
    assert len(warcs(store)) == 3


def test_two_compactions_at_once_end_as_one(store: ClockedStore) -> None:
    fill(store)
    captures = captures_in(store)
    busy = False

    def rival(key: str) -> None:
        nonlocal busy
        if not busy:
            busy = True
            run(store, grace=GRACE)
            busy = False

    store.before_put = rival
    run(store, grace=GRACE)
    store.before_put = lambda key: None
    for _ in range(3):
        store.now += GRACE
        run(store, grace=GRACE)
    assert faults(store) == []
    assert captures_in(store) == captures
    assert len(warcs(store)) == 3


def test_what_two_writers_archived_at_once_is_kept_once(store: ClockedStore) -> None:
    writers = [RawArchive(store) for _ in range(2)]
    for number, writer in enumerate(writers):
        writer.add([(SOURCE, capture(5 + number, body=b"first"))], run_id=f"x{number}", worker="w")
    for number, writer in enumerate(writers):
        archived = writer.add([(SOURCE, capture(0))], run_id=f"y{number}", worker="w")
        land(store, archived, f"y{number}")
    assert run(store).days[0].merged == 4 - 1  # of the double one nothing is used
    assert len(warcs(store)) == 1
    assert len(captures_in(store)) == 3
    assert faults(store) == []


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
    report = run(store)
    assert [(day.day.day, day.merged, day.deleted, day.waiting) for day in report.days] == [
        (1, 0, 2, 0),
        (2, 1, 1, 0),
        (3, 1, 1, 0),
    ]
    assert captures_in(store) == captures
    assert faults(store) == []
    assert run(store) == CompactionReport()


def test_revisits_that_are_written_again_move_no_bodies(store: ClockedStore) -> None:
    """Else moving one day's bodies would move those of the next, and so on through all days."""
    for day in range(6):
        ingest(store, [capture(0, NOON + day * DAY), capture(10 + 2 * day, NOON + day * DAY)], f"a{day}")
        ingest(store, [capture(30 + 2 * day, NOON + day * DAY)], f"b{day}")
    run(store)
    bodies = {name for name in warcs(store) if name.endswith("-00000.warc.gz")}
    assert len(bodies) == 6
    ingest(store, [capture(99, NOON)], "late")
    captures = captures_in(store)
    run(store)
    moved = {name[:10] for name in bodies.difference(warcs(store))}
    assert moved == {"2024-05-01"}
    assert captures_in(store) == captures
    assert faults(store) == []
    assert run(store) == CompactionReport()


def test_objects_are_filled_to_their_limits_and_no_further(
    store: ClockedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "MAX_OBJECT_RECORDS", 4)
    for number in range(7):
        ingest(store, [capture(number)], f"r{number}")
    captures = captures_in(store)
    assert run(store).days[0].written == 2
    index = [len(RawArchive(store)._objects.entries_of(f"raw/source={SOURCE}/date={name}")) for name in warcs(store)]
    assert index == [4, 3]
    assert run(store) == CompactionReport()
    monkeypatch.setattr(compaction, "MAX_OBJECT_RECORDS", 5_000)
    monkeypatch.setattr(compaction, "MAX_OBJECT_BYTES", 1)
    assert run(store) == CompactionReport()  # none is small now
    assert captures_in(store) == captures


def test_captures_that_come_in_late_are_merged_again(store: ClockedStore) -> None:
    fill(store, days=1)
    for generation in range(2, 5):
        run(store)
        ingest(store, [capture(100 * generation)], f"late{generation}")
    captures = captures_in(store)
    run(store)
    assert [name.split("/")[1][:7] for name in warcs(store)] == ["0-9995-", "0-9995-"]
    assert captures_in(store) == captures
    assert faults(store) == []


def test_after_the_last_generation_objects_are_left_as_they_are(
    store: ClockedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, days=1)
    run(store)
    ingest(store, [capture(100)], "late")
    monkeypatch.setattr(compaction, "GENERATIONS", 1)
    monkeypatch.setattr(compaction, "COMPACTED", re.compile(r".*/0-(?:999(\d))-.*"))
    objects = dict(store.objects)
    monkeypatch.setattr(compaction, "_generation", lambda objects: 2)
    assert run(store) == CompactionReport()
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
        run(store)
    assert keys <= set(store.objects)


def test_an_object_that_is_gone_is_named(store: ClockedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, days=1)
    key = f"raw/source={SOURCE}/date={warcs(store)[1]}"
    get = store.get
    monkeypatch.setattr(store, "get", lambda wanted: None if wanted == key else get(wanted))
    with pytest.raises(NewslakeError, match=f"{re.escape(key)} in memory has no"):
        run(store)


def test_what_stands_beside_no_warc_is_swept(store: ClockedStore) -> None:
    fill(store, days=1)
    folder = f"raw/source={SOURCE}/date=2024-05-01/"
    for stray in ("gone.cdxj", "gone.expiring"):
        store.put(folder + stray, b"", if_match=None)
    run(store)
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
        run(store)
    assert all(COMPACTED.fullmatch(name) for name in warcs(store))
    assert captures_in(store) == captures
    assert faults(store) == []


seen = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=4)
steps = st.lists(st.one_of(seen, st.sampled_from(["compact", "a day passes"])), min_size=2, max_size=12)


@given(steps)
@settings(max_examples=60, deadline=None)
def test_l03_any_order_of_ingests_and_compactions_keeps_every_capture(script: list[object]) -> None:
    store = ClockedStore()
    known = by_identity([])
    for number, step in enumerate(script):
        if step == "compact":
            run(store, grace=GRACE)
        elif step == "a day passes":
            store.now += GRACE
        else:
            assert isinstance(step, list)
            captures = [capture(n, NOON + day * DAY + hour * timedelta(hours=1)) for n, day, hour in step]
            ingest(store, captures, f"r{number}")
            known |= by_identity(captures)
        assert faults(store) == []
    for _ in range(3):
        store.now += GRACE
        run(store, grace=GRACE)
    assert captures_in(store) == known
    assert faults(store) == []
    folders = [name[:10] for name in warcs(store)]
    assert all(folders.count(folder) <= 2 for folder in folders)
    assert run(store, grace=GRACE) == CompactionReport()


def test_a_plain_store_of_any_kind_will_do() -> None:
    store = MemoryStore()
    fill(store, days=1)
    run(store)
    assert faults(store) == []
    assert len(list(Lake(store).partitions())) == 1


def test_a_partition_that_has_expired_meanwhile_has_no_rows_to_move(store: ClockedStore) -> None:
    (one,) = archive(store, [capture(0)], "r0")
    assert not move_captures(store, ARTICLES, (SOURCE, "2024-05-01"), {one.pointer: one.pointer})
    assert not list(Lake(store).partitions())

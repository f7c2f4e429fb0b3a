"""Compaction beside writers, readers and itself, killed anywhere: no row ever points nowhere."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.archive.raw_archive import RawArchive
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES
from infra.upkeep import compaction
from infra.upkeep.compaction import CompactionReport
from infra.upkeep.raw_references import GRACE
from infra.upkeep.row_pointers import move_captures
from tests.compacted_lake import COMPACTED, LATEST, compact_all, fill
from tests.lake_samples import SOURCE
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


@pytest.fixture
def store() -> ClockedStore:
    return ClockedStore()


def test_l02_killed_before_any_operation_a_second_run_finishes_and_no_row_ever_points_nowhere() -> None:
    whole = ClockedStore()
    fill(whole)
    captures = captures_in(whole)
    filled = dict(whole.objects), dict(whole.written_at)
    compact_all(whole)
    kills = 0
    while True:
        store = ClockedStore()
        store.objects, store.written_at = dict(filled[0]), dict(filled[1])
        store.kill_before(kills)
        try:
            compact_all(store)
        except KilledError:
            store.kill_before(None)
        else:
            break
        assert faults(store) == [], f"after a kill before operation {kills}"
        assert captures_in(store) == captures
        compact_all(store)
        compact_all(store)  # where copies of the killed run had to be merged again
        assert faults(store) == []
        assert captures_in(store) == captures
        assert all(COMPACTED.fullmatch(name) for name in warcs(store))
        assert len(warcs(store)) == len(warcs(whole))
        kills += 1
    assert kills > 60


def test_merged_objects_are_kept_for_a_day_for_those_who_still_go_by_the_old_place(store: ClockedStore) -> None:
    fill(store)
    before = {**store.objects}
    assert [day.waiting for day in compact_all(store, grace=GRACE).days] == [3, 3]
    store.now += GRACE - timedelta(seconds=1)
    assert [day.deleted for day in compact_all(store, grace=GRACE).days] == [0, 0]
    assert before.keys() <= store.objects.keys()
    store.now += timedelta(seconds=1)
    assert [(day.deleted, day.waiting) for day in compact_all(store, grace=GRACE).days] == [(3, 0), (3, 0)]
    assert all(COMPACTED.fullmatch(name) for name in warcs(store))
    assert faults(store) == []


def test_l03_a_writer_that_looked_before_loses_nothing(store: ClockedStore) -> None:
    """It knows the old place, and lands better rows with it when all else points to the new one."""
    fill(store)
    archived = archive(store, [capture(number, LATEST) for number in range(2)], "slow")
    assert not any(each.new for each in archived)
    compact_all(store, grace=GRACE)
    land(store, archived, "slow", parser_version=2)
    assert archived[0].pointer.uri in {row["capture_uri"] for row in rows(store).values()}
    assert faults(store) == []
    store.now += GRACE
    compact_all(store, grace=GRACE)
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
    assert [(day.deleted, day.waiting) for day in compact_all(store).days] == [
        (0, 3),
        (2, 1),
    ]  # revisits, and what they need
    assert faults(store) == []
    monkeypatch.undo()
    assert [(day.deleted, day.waiting) for day in compact_all(store).days] == [(3, 0), (1, 0)]
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
        compact_all(store, grace=GRACE)
        store.now += GRACE
        assert faults(store) == []
    assert not late
    store.before_put = lambda key: None
    compact_all(store)
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
            compact_all(store, grace=GRACE)
            busy = False

    store.before_put = rival
    compact_all(store, grace=GRACE)
    store.before_put = lambda key: None
    for _ in range(3):
        store.now += GRACE
        compact_all(store, grace=GRACE)
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
    assert compact_all(store).days[0].merged == 4 - 1  # of the double one nothing is used
    assert len(warcs(store)) == 1
    assert len(captures_in(store)) == 3
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
            compact_all(store, grace=GRACE)
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
        compact_all(store, grace=GRACE)
    assert captures_in(store) == known
    assert faults(store) == []
    folders = [name[:10] for name in warcs(store)]
    assert all(folders.count(folder) <= 2 for folder in folders)
    assert compact_all(store, grace=GRACE) == CompactionReport()


def test_a_partition_that_has_expired_meanwhile_has_no_rows_to_move(store: ClockedStore) -> None:
    (one,) = archive(store, [capture(0)], "r0")
    assert not move_captures(store, ARTICLES, (SOURCE, "2024-05-01"), {one.pointer: one.pointer})
    assert not list(Lake(store).partitions())

"""Retention: what is old goes, and never a capture that a row or a revisit needs."""

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.archive.raw_archive import ArchivedCapture, RawArchive
from infra.base.errors import NewslakeError, UsageError
from infra.lake.holds import Hold, put_hold, released
from infra.lake.lake import Lake
from infra.lake.partition import REJECTS
from infra.upkeep import expiry, row_pointers
from infra.upkeep.compaction import compact, plan_compaction
from infra.upkeep.expiry import (
    ARTICLE,
    HELD,
    MARKED,
    OPEN_REJECT,
    RECENT,
    REVISITED,
    UNDATED,
    Action,
    Expiry,
    Layer,
    expire,
)
from infra.upkeep.raw_references import GRACE
from parsers.record.article import NULL_PARTITION
from tests.lake_samples import SOURCE, landed
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

ALL = date(2024, 5, 11)  # the store's day: everything that the tests make is older
NO_GRACE = timedelta(0)


@pytest.fixture
def store() -> ClockedStore:
    return ClockedStore()


def run(
    store: ClockedStore, layer: Layer = Layer.RAW, before: date = ALL, *, grace: timedelta = NO_GRACE, dry: bool = False
) -> list[Expiry]:
    return expire(store, layer, before, now=store.now, grace=grace, dry_run=dry)


def verdicts(found: list[Expiry]) -> dict[str, tuple[str, str]]:
    """Action and reason by the run that made the object."""
    return {each.key.rpartition("/")[2].split("-")[0]: (str(each.action), each.reason) for each in found}


DELETED = ("delete", "")


@pytest.mark.parametrize("layer", [Layer.ARTICLES, Layer.REJECTS])
def test_partitions_older_than_the_day_are_deleted_and_raw_captures_stay(store: ClockedStore, layer: Layer) -> None:
    for day in range(3):
        at = NOON + day * DAY
        ingest(store, [capture(day * 2, at), capture(day * 2 + 1, at)], f"r{day}", published_at=at)
    captures = captures_in(store)
    partitions = [key for key in store.objects if key.startswith(f"{layer}/")]
    expected = [
        Expiry(key, SOURCE, f"2024-05-0{n}", len(store.objects[key]), Action.DELETE)
        for n, key in enumerate(sorted(partitions)[:2], 1)
    ]
    before = dict(store.objects)
    assert run(store, layer, date(2024, 5, 3), dry=True) == expected
    assert store.objects == before
    assert run(store, layer, date(2024, 5, 3)) == expected
    assert before.keys() - store.objects.keys() == {each.key for each in expected}
    assert captures_in(store) == captures
    assert faults(store) == []


def test_undated_articles_never_expire(store: ClockedStore) -> None:
    (one,) = archive(store, [capture(0)], "r0")
    land(store, [one], "r0", published_at=None)
    (kept,) = run(store, Layer.ARTICLES)
    assert (kept.day, kept.action, kept.reason) == (NULL_PARTITION, Action.KEEP, UNDATED)
    assert len(rows(store)) == 1


def test_a_raw_object_stays_while_a_row_points_to_one_capture_in_it(store: ClockedStore) -> None:
    archive(store, [capture(10), capture(12)], "free")
    land(store, archive(store, [capture(20), capture(22)], "article")[:1], "article")
    land(store, archive(store, [capture(31), capture(33)], "reject")[:1], "reject")
    assert verdicts(run(store)) == {
        "free": DELETED,
        "article": ("keep", ARTICLE),
        "reject": ("keep", OPEN_REJECT),
    }
    assert {str(each.url)[-2:] for each in captures_in(store).values()} == {"20", "22", "31", "33"}
    assert faults(store) == []
    for layer in (Layer.ARTICLES, Layer.REJECTS):
        run(store, layer)
    assert set(verdicts(run(store)).values()) == {DELETED}
    assert store.objects == {}


def test_captures_of_the_day_and_of_other_sources_stay(store: ClockedStore) -> None:
    archive(store, [capture(0), capture(0, NOON + DAY)], "r0")
    RawArchive(store).add([("tass", capture(0))], run_id="r0", worker="w")
    found = expire(store, Layer.RAW, date(2024, 5, 2), now=store.now, grace=NO_GRACE, source="tass")
    assert [each.source for each in found] == ["tass"]
    found = run(store, before=date(2024, 5, 2))
    assert [(each.source, each.day) for each in found] == [(SOURCE, "2024-05-01")]


def test_a_revisit_that_stays_keeps_its_original(store: ClockedStore) -> None:
    archive(store, [capture(0)], "original")
    ingest(store, [capture(0, NOON + DAY)], "revisit")
    assert verdicts(run(store, before=date(2024, 5, 2))) == {"original": ("keep", REVISITED)}
    assert verdicts(run(store)) == {"original": ("keep", REVISITED), "revisit": ("keep", ARTICLE)}
    assert faults(store) == []
    run(store, Layer.ARTICLES)
    store.deleted.clear()
    assert verdicts(run(store)) == {"original": DELETED, "revisit": DELETED}
    deleted = [key.rpartition("/")[2] for key in store.deleted if key.endswith(".warc.gz")]
    assert deleted == ["revisit-w-00000.warc.gz", "original-w-00000.warc.gz"]  # never a revisit without its body


def test_a_revisit_within_its_own_object_keeps_nothing(store: ClockedStore) -> None:
    archive(store, [capture(0), capture(0, NOON + timedelta(hours=1))], "both")
    assert verdicts(run(store)) == {"both": DELETED}


def close(store: ClockedStore, rejected: ArchivedCapture) -> None:
    """A later parser makes an article of a rejected capture."""
    place, seen = rejected.pointer, rejected.capture
    article, record = landed(
        int(str(seen.url).rpartition("/")[2]),
        capture_uri=place.uri,
        capture_offset=place.offset,
        capture_length=place.length,
        capture_digest=seen.digest,
        captured_at=seen.captured_at,
    )
    assert Lake(store).land([(article, record)], mode="live").rejects_closed == 1


def test_closed_rejections_let_go_of_captures_that_expire(store: ClockedStore) -> None:
    archived = archive(store, [capture(1)], "r0")
    land(store, archived, "r0")
    close(store, archived[0])
    assert verdicts(run(store)) == {"r0": ("keep", ARTICLE)}
    run(store, Layer.ARTICLES)
    assert verdicts(run(store, dry=True)) == {"r0": DELETED}
    assert verdicts(run(store)) == {"r0": DELETED}
    (row,) = rows(store).values()
    assert (row["state"], row["capture_uri"], row["capture_offset"], row["capture_length"]) == (
        "closed",
        None,
        None,
        None,
    )
    assert faults(store) == []


def test_l03_an_open_rejection_that_comes_beside_a_closed_one_at_the_last_moment_keeps_the_object(
    store: ClockedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    archived = archive(store, [capture(1), capture(5)], "r0")
    land(store, archived[:1], "r0")
    close(store, archived[0])
    run(store, Layer.ARTICLES)
    real = row_pointers.forget_captures

    def landing_first(*args: Any) -> bool:
        land(store, archived[1:], "late")
        return real(*args)

    monkeypatch.setattr(expiry, "forget_captures", landing_first)
    assert verdicts(run(store)) == {"r0": ("keep", OPEN_REJECT)}
    assert faults(store) == []
    assert {row["state"]: row["capture_uri"] for row in rows(store).values()} == {
        "closed": None,
        "open": archived[1].pointer.uri,
    }


def test_a_raw_object_is_marked_first_and_deleted_a_day_later(store: ClockedStore) -> None:
    archive(store, [capture(0)], "r0")
    assert verdicts(run(store, grace=GRACE)) == {"r0": ("keep", RECENT)}
    store.now += GRACE
    assert verdicts(run(store, grace=GRACE, dry=True)) == {"r0": ("mark", MARKED)}
    assert verdicts(run(store, grace=GRACE)) == {"r0": ("mark", MARKED)}
    store.now += GRACE - timedelta(seconds=1)
    assert verdicts(run(store, grace=GRACE)) == {"r0": ("mark", MARKED)}
    assert warcs(store) == ["2024-05-01/r0-w-00000.warc.gz"]
    store.now += timedelta(seconds=1)
    assert verdicts(run(store, grace=GRACE)) == {"r0": DELETED}
    assert store.objects == {}


def test_l03_what_is_marked_is_archived_anew_and_not_built_upon(store: ClockedStore) -> None:
    (first,) = archive(store, [capture(0)], "r0")
    store.now += GRACE
    run(store, grace=GRACE)
    assert captures_in(store) == {}
    assert RawArchive(store).read(first.pointer) == capture(0)
    again, revisit = archive(store, [capture(0), capture(0, NOON + DAY)], "r1")
    assert again.new
    (body, seen_again) = RawArchive(store).entries(SOURCE)
    assert (body.pointer, seen_again.pointer, seen_again.original) == (again.pointer, revisit.pointer, again.pointer)
    land(store, [again, revisit], "r1")
    store.now += GRACE
    assert verdicts(run(store, grace=GRACE))["r0"] == DELETED
    assert captures_in(store) == by_identity([capture(0), capture(0, NOON + DAY)])


def test_l03_a_row_that_a_slow_writer_lands_takes_the_mark_away(store: ClockedStore) -> None:
    archived = archive(store, [capture(0)], "r0")
    store.now += GRACE
    run(store, grace=GRACE)
    land(store, archived, "slow")
    store.now += GRACE
    assert verdicts(run(store, grace=GRACE)) == {"r0": ("keep", ARTICLE)}
    assert captures_in(store) == by_identity([capture(0)])
    assert faults(store) == []


@pytest.mark.parametrize("number", [0, 1])
def test_l03_a_row_landed_at_the_last_moment_keeps_the_object_and_what_it_refers_to(
    store: ClockedStore, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    archive(store, [capture(number)], "original")
    revisit = archive(store, [capture(number, NOON + DAY)], "revisit")
    real = expiry._RawExpiry._reconsidered

    def landing_first(self: expiry._RawExpiry, *args: object) -> dict[str, str]:
        land(store, revisit, "late")
        return real(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(expiry._RawExpiry, "_reconsidered", landing_first)
    assert verdicts(run(store))["revisit"] == ("keep", OPEN_REJECT if number else ARTICLE)
    assert len(captures_in(store)) == 2
    assert faults(store) == []


def test_l03_a_rejection_that_is_open_again_keeps_its_capture(store: ClockedStore) -> None:
    """Letting go of captures looks at what is closed when it is written, not when it was planned."""
    archived = archive(store, [capture(1)], "r0")
    land(store, archived, "r0")
    last_look = expiry._RawExpiry(store, store.now, NO_GRACE, dry_run=False)
    pointing = last_look._rows.by_object()
    objects = last_look._objects.load(SOURCE, NOON.date())
    assert last_look._reconsidered(objects, pointing) == {archived[0].pointer.uri: OPEN_REJECT}
    assert faults(store) == []
    assert next(iter(rows(store).values()))["capture_uri"] == archived[0].pointer.uri


def test_marked_objects_are_neither_merged_nor_referred_to_by_compaction(store: ClockedStore) -> None:
    for number in range(3):
        archive(store, [capture(number)], f"r{number}")
    RawArchive(store)._objects.mark_expiring(f"raw/source={SOURCE}/date={warcs(store)[0]}")
    (stretch,) = plan_compaction(store, ALL)
    compact(store, stretch, now=store.now, grace=NO_GRACE)
    assert [name.split("/")[1][:2] for name in warcs(store)] == ["0-", "r0"]
    assert len(captures_in(store)) == 2


def test_killed_before_any_operation_a_second_run_finishes_and_no_row_points_nowhere() -> None:
    whole = ClockedStore()
    for number in range(3):
        archive(whole, [capture(number, NOON + day * DAY) for day in range(2)], f"free{number}")
    ingest(whole, [capture(0, NOON + 2 * DAY), capture(7, NOON + 2 * DAY)], "needed")
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
        captures_in(store)  # nothing that the index names is gone
        run(store)
        assert store.objects == whole.objects
        kills += 1
    assert kills > 20


def test_many_days_are_looked_at_a_month_at_a_time_the_latest_first(
    store: ClockedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "STRETCH_DAYS", 2)
    for day in range(5):
        archive(store, [capture(0, NOON + day * DAY)], f"r{day}")
    assert [(each.day[-1], each.action) for each in run(store)] == [(str(day + 1), Action.DELETE) for day in range(5)]
    assert store.objects == {}


def test_a_day_that_is_not_over_cannot_expire(store: ClockedStore) -> None:
    with pytest.raises(UsageError, match="2024-05-12 is in the future"):
        run(store, before=date(2024, 5, 12))


def test_l11_while_a_partition_is_damaged_no_raw_capture_expires(store: ClockedStore) -> None:
    ingest(store, [capture(0)], "r0")
    archive(store, [capture(2)], "r1")
    (key,) = (key for key in store.objects if key.startswith("articles/"))
    store.objects[key] = store.objects[key][:-20]
    with pytest.raises(NewslakeError, match=re.escape(key)):
        run(store)
    assert len(warcs(store)) == 2


seen = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=3)
steps = st.lists(
    st.one_of(
        seen,
        st.tuples(st.just("archive only"), seen),
        st.sampled_from(["compact", "a day passes"]),
        st.tuples(st.sampled_from(Layer), st.integers(1, 6)),
    ),
    min_size=3,
    max_size=14,
)


@given(steps)
@settings(max_examples=50, deadline=None)
def test_l03_no_order_of_ingests_compactions_and_expiries_loses_what_a_row_points_to(script: list[object]) -> None:
    store = ClockedStore()
    urls: dict[str, str | None] = {}
    for number, step in enumerate(script):
        match step:
            case "a day passes":
                store.now += GRACE
            case "compact":
                for stretch in plan_compaction(store, ALL):
                    compact(store, stretch, now=store.now, grace=GRACE)
            case (Layer() as layer, int(days)):
                run(store, layer, date(2024, 5, days), grace=GRACE)
            case ("archive only", list(pages)):
                archive(store, [capture(n, NOON + day * DAY) for n, day in pages], f"r{number}")
            case list(pages):
                captures = [capture(n, NOON + day * DAY) for n, day in pages]
                ingest(store, captures, f"r{number}")
                urls |= {each.digest: each.url for each in captures}
        assert faults(store) == []
        for row in rows(store).values():
            assert urls[row["capture_digest"]] == row["url"]
        captures_in(store)  # whatever the index names can be read


def test_what_was_done_is_told_for_every_object(store: ClockedStore) -> None:
    archive(store, [capture(0)], "free")
    ingest(store, [capture(2)], "needed")
    size = sum(len(body) for key, body in store.objects.items() if "free" in key)
    free, needed = run(store)
    assert (free.size, free.source, free.day) == (size, SOURCE, "2024-05-01")
    assert Counter(each.action for each in (free, needed)) == {Action.DELETE: 1, Action.KEEP: 1}
    assert not list(Lake(store).partitions(kind=REJECTS))


def test_l09_what_was_got_with_held_captures_stays_until_the_hold_ends(store: ClockedStore) -> None:
    archive(store, [capture(0)], "r1")
    archive(store, [capture(9, NOON + DAY)], "r2")
    hold = Hold(SOURCE, "2024-05-01", "r1", 1, 1, (), (), (f"{SOURCE}/2024-05-01",))
    put_hold(store, hold)
    assert verdicts(run(store)) == {"r1": ("keep", HELD), "r2": DELETED}
    put_hold(store, released(hold, "Seen.", "r3"))
    assert verdicts(run(store)) == {"r1": DELETED}

"""What is old goes, and never a capture that a row or a revisit needs."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.archive.raw_archive import ArchivedCapture, RawArchive
from infra.base.choices import Layer
from infra.base.errors import NewslakeError, UsageError
from infra.lake.suspects import SuspectCapture, SuspectDay, close_suspect, mark_suspect
from infra.upkeep import expiry
from infra.upkeep.expiry import ARTICLE, GRACE, RECENT, REJECT, REVISITED, SUSPECT, UNDATED, Expiry, expire
from parsers.record.article import NULL_PARTITION
from tests.lake_samples import SOURCE
from tests.old_lakes import archive_revisit
from tests.passing_stores import Killed, SteppedStore, kill
from tests.raw_lake import DAY, NOON, ClockedStore, archive, capture, captures_in, faults, ingest, land, rows, warcs

ALL = date(2024, 5, 11)  # the store's day: everything that the tests make is older
DELETED = ("delete", "")


@pytest.fixture
def store() -> ClockedStore:
    return ClockedStore()


def run(store: ClockedStore, layer: Layer = Layer.RAW, before: date = ALL, *, dry: bool = False) -> list[Expiry]:
    """An expiry a day after all that was written until now."""
    store.now += GRACE
    return expire(store, layer, before, now=store.now, dry_run=dry)


def verdicts(found: list[Expiry]) -> dict[int, tuple[str, str]]:
    return {int(each.day[-2:]): (str(each.action), each.reason) for each in found}


@pytest.mark.parametrize("layer", [Layer.ARTICLES, Layer.REJECTS])
def test_partitions_older_than_the_day_are_deleted_and_raw_captures_stay(store: ClockedStore, layer: Layer) -> None:
    for day in range(3):
        at = NOON + day * DAY
        ingest(store, [capture(day * 2, at), capture(day * 2 + 1, at)], f"r{day}", published_at=at)
    captures = captures_in(store)
    partitions = [key for key in store.objects if key.startswith(f"{layer}/")]
    expected = [
        Expiry(key, SOURCE, f"2024-05-0{n}", len(store.objects[key]), "delete")
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
    assert (kept.day, kept.action, kept.reason) == (NULL_PARTITION, "keep", UNDATED)
    assert len(rows(store)) == 1


def test_a_day_of_captures_stays_while_a_row_points_to_one_of_them(store: ClockedStore) -> None:
    archive(store, [capture(10), capture(12)], "free")
    land(store, archive(store, [capture(20, NOON + DAY), capture(22, NOON + DAY)], "a")[:1], "a")
    land(store, archive(store, [capture(31, NOON + 2 * DAY), capture(33, NOON + 2 * DAY)], "b")[:1], "b")
    size = sum(len(body) for key, body in store.objects.items() if key.startswith("raw/") and "05-01" in key)
    found = run(store)
    assert verdicts(found) == {1: DELETED, 2: ("keep", ARTICLE), 3: ("keep", REJECT)}
    assert (found[0].key, found[0].source, found[0].size) == (f"raw/source={SOURCE}/date=2024-05-01/", SOURCE, size)
    assert {str(each.url)[-2:] for each in captures_in(store).values()} == {"20", "22", "31", "33"}
    assert faults(store) == []
    for layer in (Layer.ARTICLES, Layer.REJECTS):
        run(store, layer)
    assert set(verdicts(run(store)).values()) == {DELETED}
    assert store.tables == {}


def test_a_revisit_that_stays_keeps_the_day_of_its_original(store: ClockedStore) -> None:
    (original,) = archive(store, [capture(0)], "original")
    place = archive_revisit(store, again := capture(0, NOON + 2 * DAY), "revisit", SOURCE)
    land(store, [ArchivedCapture(again, place, new=True)], "revisit")
    assert verdicts(run(store, before=date(2024, 5, 2))) == {1: ("keep", REVISITED)}
    assert verdicts(run(store)) == {1: ("keep", REVISITED), 3: ("keep", ARTICLE)}
    assert faults(store) == []
    run(store, Layer.ARTICLES)
    store.deleted.clear()
    assert verdicts(run(store)) == {1: DELETED, 3: DELETED}
    deleted = [key for key in store.deleted if key.endswith(".warc.gz")]
    assert deleted == [place.uri, original.pointer.uri]  # never a revisit without its body


def test_l03_what_was_written_within_a_day_stays(store: ClockedStore) -> None:
    """A run archives before it lands."""
    archive(store, [capture(0)], "r0")
    assert verdicts(expire(store, Layer.RAW, ALL, now=store.now)) == {1: ("keep", RECENT)}
    store.now += GRACE - timedelta(seconds=1)
    assert verdicts(expire(store, Layer.RAW, ALL, now=store.now)) == {1: ("keep", RECENT)}
    store.now += timedelta(seconds=1)
    assert verdicts(expire(store, Layer.RAW, ALL, now=store.now)) == {1: DELETED}
    assert store.objects == {}


def test_l03_a_row_landed_while_days_are_looked_at_keeps_the_day_and_what_it_revisits(
    store: ClockedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive(store, [capture(0)], "original")
    again = capture(0, NOON + DAY)
    revisit = [ArchivedCapture(again, archive_revisit(store, again, "revisit", SOURCE), new=True)]
    real = expiry._look

    def landing_meanwhile(*args: Any) -> Any:
        if len(rows(store)) == 0:
            land(store, revisit, "late")
        return real(*args)

    monkeypatch.setattr(expiry, "_look", landing_meanwhile)
    assert verdicts(run(store)) == {1: ("keep", REVISITED), 2: ("keep", ARTICLE)}
    assert len(captures_in(store)) == 2
    assert faults(store) == []


def test_l02_killed_before_any_operation_a_second_run_finishes_and_no_row_points_nowhere() -> None:
    whole = ClockedStore()
    for number in range(3):
        archive(whole, [capture(number, NOON + day * DAY) for day in range(2)], f"free{number}")
    ingest(whole, [capture(5, NOON + 3 * DAY), capture(7, NOON + 3 * DAY)], "needed")
    filled = dict(whole.objects), dict(whole.written_at)
    run(whole)
    kills = 0
    while True:
        store = ClockedStore()
        store.objects, store.written_at, store.now = dict(filled[0]), dict(filled[1]), whole.now
        try:
            expire(SteppedStore(store, kills + 1, kill), Layer.RAW, ALL, now=store.now)
        except Killed:
            pass
        else:
            break
        assert faults(store) == [], f"after a kill before operation {kills}"
        captures_in(store)  # nothing that the index names is gone
        run(store)
        assert store.objects.keys() == whole.objects.keys()
        kills += 1
    assert kills > 20


def test_a_day_that_is_not_over_cannot_expire(store: ClockedStore) -> None:
    with pytest.raises(UsageError, match="2024-05-12 is in the future"):
        expire(store, Layer.RAW, date(2024, 5, 12), now=store.now)


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
        st.just("a day passes"),
        st.tuples(st.sampled_from(Layer), st.integers(1, 6)),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=settings().max_examples // 2)  # each step verifies a lake
@given(steps)
def test_l03_no_order_of_ingests_and_expiries_loses_what_a_row_points_to(script: list[object]) -> None:
    store = ClockedStore()
    urls: dict[str, str | None] = {}
    for number, step in enumerate(script):
        match step:
            case "a day passes":
                store.now += GRACE
            case (Layer() as layer, int(days)):
                expire(store, layer, date(2024, 5, days), now=store.now)
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


def test_l09_captures_that_a_suspect_day_names_stay_until_it_is_in_order(store: ClockedStore) -> None:
    archive(store, [capture(0)], "r1")
    archive(store, [capture(9, NOON + DAY)], "r2")
    (entry, *_) = [each for each in RawArchive(store).entries(SOURCE) if each.captured_at.date() == NOON.date()]
    sample = SuspectCapture(None, None, entry.pointer.uri, entry.pointer.offset, entry.pointer.length)
    suspect = SuspectDay(SOURCE, "2024-05-01", "r1", 1, 0, (), (sample,))
    mark_suspect(store, suspect)
    assert verdicts(run(store)) == {1: ("keep", SUSPECT), 2: DELETED}
    close_suspect(store, suspect)
    assert verdicts(run(store)) == {1: DELETED}

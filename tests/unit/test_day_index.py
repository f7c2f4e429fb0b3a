"""The index of days never misleads: whoever is killed, and in whatever order writers and readers get to it."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from itertools import permutations
from pathlib import Path

import orjson
import pytest

from infra.lake import changes as changing
from infra.lake.changes import Changes
from infra.lake.day_index import WHOLE, DayIndex
from infra.lake.day_states import Day, day_grid
from infra.lake.lake import Lake
from infra.lake.months import object_key
from infra.lake.partition import ARTICLES, encode
from infra.store.local_store import LocalStore
from infra.store.object_store import ConflictError, ObjectStore
from infra.upkeep.verify import REMEDY, index_faults
from tests.lake_samples import NOON, SOURCE, asked, landed, rejected
from tests.memory_store import MemoryStore
from tests.passing_stores import Killed, SteppedStore, kill

DAY = "2024-05-01"
ON = date.fromisoformat(DAY)
MONTH = object_key(DAY[:7])
PERIOD = (date(2024, 4, 20), date(2024, 5, 4))
STRIDE = 1 if os.environ.get("NEWSLAKE_HYPOTHESIS") == "thorough" else 9
FOREVER = timedelta(days=36500)  # the objects of `MemoryStore` are of 2024: with this, no writer is thought dead


@pytest.fixture
def _alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "DEAD_AFTER", FOREVER)


@pytest.fixture
def store() -> MemoryStore:
    """Some days of two sources, and an index that is whole."""
    store = MemoryStore()
    for source in (SOURCE, "herald"):
        Lake(store).land(
            [landed(n, source=source, published_at=NOON + timedelta(days=n)) for n in range(2)],
            [rejected(7)] if source == SOURCE else (),
        )
    asked(store, SOURCE, ON)
    told(store)
    assert WHOLE in store.objects
    return store


def told(store: ObjectStore) -> list[Day]:
    """What the index says of a period."""
    return day_grid(store, *PERIOD)


def truth(store: MemoryStore) -> list[Day]:
    """The same of a lake without an index."""
    bare = MemoryStore()
    bare.objects = store.tables
    return told(bare)


def requires_truth(store: MemoryStore) -> None:
    """Asked twice: what the first question left behind must not mislead the second."""
    expected = truth(store)
    assert told(store) == expected
    assert told(store) == expected


def first(store: ObjectStore) -> None:
    """A run: an article of this day, one that moves to it from the next, a rejection that closes, and the account."""
    Lake(store).land(
        [landed(10), landed(1, captured_at=NOON + timedelta(days=3)), landed(7)],
        [rejected(11)],
        looked_at=[(SOURCE, "2024-04-29")],
    )
    asked(store, SOURCE, ON, landed=3, pending=1)


def second(store: ObjectStore) -> None:
    """Another run, in the same partitions."""
    Lake(store).land([landed(20), landed(21, published_at=NOON + timedelta(days=1))], [rejected(22)])
    asked(store, SOURCE, ON, landed=2, pending=3)


def steps_of(work: Callable[[ObjectStore], object], store: MemoryStore) -> range:
    counting = SteppedStore(copy_of(store))
    work(counting)
    return range(1, counting.taken + 2, STRIDE)  # the last one is after its end


def copy_of(store: MemoryStore) -> MemoryStore:
    copy = MemoryStore()
    copy.objects = dict(store.objects)
    return copy


@pytest.mark.hypothesis  # `make soak` takes each step
@pytest.mark.parametrize("patience", [FOREVER, changing.DEAD_AFTER], ids=["new", "old"])
def test_a_writer_that_is_killed_between_any_two_requests_misleads_nobody(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, patience: timedelta
) -> None:
    """Whether its note is new, as that of a writer that may still be at work, or old."""
    monkeypatch.setattr(changing, "DEAD_AFTER", patience)
    for at in steps_of(first, store):
        lake = copy_of(store)
        with suppress(Killed):
            first(SteppedStore(lake, at, kill))
        requires_truth(lake)
        for work in (second, first):
            work(lake)
            requires_truth(lake)


@pytest.mark.hypothesis
@pytest.mark.usefixtures("_alive")
@pytest.mark.parametrize("rival", [first, second, told], ids=["same", "other", "reader"])
def test_a_rival_may_come_between_any_requests(store: MemoryStore, rival: Callable[[ObjectStore], object]) -> None:
    for at in steps_of(first, store):
        lake = copy_of(store)
        first(SteppedStore(lake, at, partial(rival, lake)))
        requires_truth(lake)


@pytest.mark.hypothesis
@pytest.mark.usefixtures("_alive")
@pytest.mark.parametrize("is_whole", [True, False], ids=["indexed", "old"])
def test_a_writer_may_come_between_any_two_requests_of_a_reader(store: MemoryStore, is_whole: bool) -> None:
    if not is_whole:
        store.objects = store.tables
    for at in steps_of(told, store):
        lake = copy_of(store)
        told(SteppedStore(lake, at, partial(first, lake)))
        requires_truth(lake)


def test_a_reader_that_is_killed_leaves_nothing_wrong(store: MemoryStore) -> None:
    store.objects = store.tables
    for at in steps_of(told, store):
        lake = copy_of(store)
        with suppress(Killed):
            told(SteppedStore(lake, at, kill))
        requires_truth(lake)


@pytest.mark.usefixtures("_alive")
def test_writers_may_get_to_the_index_in_any_order_also_where_a_partition_turns_back(store: MemoryStore) -> None:
    """Three writers of one partition: A to B, B to A, A to C. All have written before the first comes to the index."""
    key = ARTICLES.key(SOURCE, DAY)
    whole = Lake(store).read_partition(SOURCE, DAY)
    becomes = [(whole.slice(0, 0), True), (whole, False), (whole, True)]
    bodies = [encode(ARTICLES, rows, looked_at=looked_at) for rows, looked_at in becomes]
    for order in permutations(range(3)):
        for asks in range(4):  # a reader asks after so many of them
            lake = copy_of(store)
            writers = [Changes(lake) for _ in bodies]
            for writer, body in zip(writers, bodies, strict=True):
                assert writer.merge(key, lambda _, body=body: (body, None))[0]  # type: ignore[misc]
            for turn, number in enumerate(order):
                if turn == asks:
                    assert told(lake) == truth(lake)
                writers[number].__exit__(None, None, None)
            requires_truth(lake)


def test_what_no_writer_noted_is_found_when_the_lake_is_listed_again(store: MemoryStore) -> None:
    """Somebody deleted a partition by hand, put one there, or landed with a newslake of before."""
    del store.objects[ARTICLES.key(SOURCE, DAY)]
    store.objects[ARTICLES.key(SOURCE, "2024-04-25")] = store.objects[ARTICLES.key(SOURCE, "2024-05-02")]
    expected = truth(store)
    assert told(store) != expected
    assert [*index_faults(store)] == [
        (ARTICLES.key(SOURCE, "2024-04-25"), f"is not in the index of days: {REMEDY}"),
        (ARTICLES.key(SOURCE, DAY), f"is in the index of days, and gone: {REMEDY}"),
    ]
    DayIndex(store).rebuild()
    assert told(store) == expected
    assert [*index_faults(store)] == []


def test_verify_finds_a_partition_that_somebody_replaced(store: MemoryStore) -> None:
    assert [*index_faults(store)] == []
    Lake(store).land([landed(50)])
    assert [*index_faults(store)] == []
    rows = Lake(store).read_partition(SOURCE, DAY)
    store.objects[ARTICLES.key(SOURCE, DAY)] = encode(ARTICLES, rows.slice(0, 1))
    assert [*index_faults(store)] == [(ARTICLES.key(SOURCE, DAY), f"is not what the index of days says: {REMEDY}")]
    DayIndex(store).rebuild()
    requires_truth(store)


@pytest.mark.parametrize("lost", [MONTH, WHOLE])
@pytest.mark.parametrize("how", ["gone", "damaged"])
@pytest.mark.parametrize("then", [None, second], ids=["", "then_landed_into"])
def test_an_index_that_is_lost_in_part_is_made_anew(
    store: MemoryStore, lost: str, how: str, then: Callable[[ObjectStore], object] | None
) -> None:
    if how == "gone":
        del store.objects[lost]
    else:
        store.objects[lost] = store.objects[lost][:-9] + b"z" + store.objects[lost][-8:]
    if then:
        then(store)
    requires_truth(store)
    assert orjson.loads(store.objects[lost])["entries"]


def test_a_new_month_needs_no_listing(store: MemoryStore) -> None:
    Lake(store).land([landed(30, published_at=NOON - timedelta(days=8))])
    counting = SteppedStore(store)
    found = told(counting)
    assert found == truth(store)
    assert any(day.articles for day in found if day.date == "2024-04-23")
    assert counting.taken <= 12
    del store.objects[object_key("2024-04")]  # it is named by now, so its loss is noticed
    requires_truth(store)


def test_a_put_whose_answer_gets_lost_is_not_taken_for_none(store: MemoryStore) -> None:
    """It is repeated, which is refused; read again, the partition is as it should be already."""
    put = store.put

    def lossy(key: str, body: bytes, *, if_match: str | None) -> str:
        etag = put(key, body, if_match=if_match)
        if key.startswith(("articles/", changing.FOLDER)):
            raise ConflictError(key)
        return etag

    store.put = lossy  # type: ignore[method-assign]
    Lake(store).land([landed(40)])
    store.put = put  # type: ignore[method-assign]
    requires_truth(store)


def test_a_landing_syncs_its_partition_and_its_note_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index may lose what a power cut takes: its notes say so."""
    store = LocalStore(tmp_path)
    Lake(store).land([landed(0)])
    synced: list[int] = []
    monkeypatch.setattr("infra.store.local_store.os.fsync", synced.append)
    Lake(store).land([landed(1)])
    assert len(synced) == 2 * 2  # file and folder of each
    assert list(store.list("_catalog/changing/")) == []

"""Footers are read several at a time, each once for each version of its object."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Barrier, Lock

import pytest
from typing_extensions import override

from infra.base.errors import NewslakeError
from infra.lake import footers
from infra.lake.day_states import DayStates, State
from infra.lake.footers import CACHE_KEY, READERS, Footers
from infra.lake.lake import Lake
from infra.lake.partition import Coverage, DamagedError
from infra.store.object_store import ObjectInfo
from infra.store.s3_store import CONNECTIONS
from tests.lake_samples import SOURCE
from tests.memory_store import MemoryStore


@dataclass
class InFlight:
    """How many reads there are at a time; `wait` is what each of them does meanwhile."""

    wait: Callable[[], object] = lambda: None
    now: int = 0
    most: int = 0
    keys: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def read(self, key: str) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.keys.append(key)
        self.wait()
        with self.lock:
            self.now -= 1


class SlowStore(MemoryStore):
    """A memory store whose ranged reads are counted, and take as long as the test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = InFlight()

    @override
    def get_range(self, key: str, offset: int, length: int) -> bytes:
        self.reads.read(key)
        return super().get_range(key, offset, length)


@pytest.fixture
def store() -> SlowStore:
    """Two rounds of as many empty days as are read at a time."""
    store = SlowStore()
    days = {(SOURCE, f"2024-{1 + n // 28:02}-{1 + n % 28:02}"): Coverage() for n in range(2 * READERS)}
    Lake(store).land([], coverage=days, mode="live")
    store.reads = InFlight()
    return store


def listed(store: MemoryStore) -> list[ObjectInfo]:
    return list(store.list("articles/"))


def test_as_many_are_read_at_a_time_as_there_are_readers_and_no_more(store: SlowStore) -> None:
    together = Barrier(READERS)  # nobody gets past it before all are there: fewer at a time would break it
    store.reads.wait = lambda: together.wait(30)
    Footers(store).read_ahead(listed(store))
    assert store.reads.most == READERS
    assert sorted(store.reads.keys) == [info.key for info in listed(store)]


def test_status_of_a_lake_that_no_cache_knows_reads_them_so(store: SlowStore) -> None:
    together = Barrier(READERS)
    store.reads.wait = lambda: together.wait(30)
    assert {day.state for day in DayStates(store).grid()} == {State.EMPTY, State.MISSING}
    assert len(store.reads.keys) == 2 * READERS
    assert CACHE_KEY in store.objects


def test_the_s3_client_has_a_connection_for_each_reader() -> None:
    assert READERS <= CONNECTIONS


def test_what_is_known_is_not_read_again(store: SlowStore) -> None:
    known = Footers(store)
    known.read(listed(store)[0])
    known.read_ahead(listed(store))
    known.read_ahead(listed(store))
    assert len(store.reads.keys) == 2 * READERS
    assert [known.read(info).rows for info in listed(store)] == [0] * 2 * READERS
    assert len(store.reads.keys) == 2 * READERS


def test_nothing_to_read_starts_no_threads(store: SlowStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footers, "ThreadPoolExecutor", None)
    Footers(store).read_ahead([])


def test_l11_a_damaged_partition_is_told_when_it_is_asked_for(store: SlowStore) -> None:
    damaged = listed(store)[3].key
    store.objects[damaged] = b"no parquet"
    known = Footers(store)
    known.read_ahead(listed(store))
    with pytest.raises(DamagedError, match=damaged):
        known.read(listed(store)[3])
    assert known.read(listed(store)[4]).rows == 0


def test_l11_a_cache_with_a_flipped_bit_is_as_none(store: SlowStore) -> None:
    """From it follows which raw objects may be deleted."""
    DayStates(store).grid()
    good = store.objects[CACHE_KEY]
    for position in range(0, len(good), 61):
        flipped = bytearray(good)
        flipped[position] ^= 1
        store.objects[CACHE_KEY] = bytes(flipped)
        store.reads.keys.clear()
        known = Footers(store)
        known.load()
        known.read_ahead(listed(store))
        assert len(store.reads.keys) == 2 * READERS, f"byte {position}"


def test_a_store_that_fails_is_told_at_once(store: SlowStore) -> None:
    def fail() -> None:
        raise NewslakeError("The store is gone", "Look for it.")

    store.reads.wait = fail
    with pytest.raises(NewslakeError, match="The store is gone"):
        Footers(store).read_ahead(listed(store))

"""Footers are read several at a time, each once for each version of its object."""

from collections.abc import Callable
from threading import Barrier

import pytest
from typing_extensions import override

from infra.base.errors import NewslakeError
from infra.lake.day_states import DayStates, State
from infra.lake.footers import CACHE_KEY, READERS, Footers
from infra.lake.lake import Lake
from infra.lake.partition import DamagedError
from infra.store.object_store import ObjectInfo
from tests.lake_samples import SOURCE
from tests.memory_store import MemoryStore


class SlowStore(MemoryStore):
    """A memory store that lists its ranged reads; `wait` is what each of them does first."""

    wait: Callable[[], object]

    def __init__(self) -> None:
        super().__init__()
        self.wait = lambda: None
        self.reads: list[str] = []

    @override
    def get_range(self, key: str, offset: int, length: int) -> bytes:
        self.reads.append(key)
        self.wait()
        return super().get_range(key, offset, length)


@pytest.fixture
def store() -> SlowStore:
    """Two rounds of as many empty days as are read at a time."""
    store = SlowStore()
    days = [(SOURCE, f"2024-{1 + n // 28:02}-{1 + n % 28:02}") for n in range(2 * READERS)]
    Lake(store).land([], looked_at=days)
    return store


def listed(store: MemoryStore) -> list[ObjectInfo]:
    return list(store.list("articles/"))


def test_status_of_a_lake_that_no_cache_knows_reads_them_so(store: SlowStore) -> None:
    together = Barrier(READERS)  # nobody gets past it before all are there: fewer at a time would break it
    store.wait = lambda: together.wait(30)
    assert {day.state for day in DayStates(store).grid()} == {State.EMPTY, State.MISSING}
    assert len(store.reads) == 2 * READERS
    assert CACHE_KEY in store.objects


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
        store.reads.clear()
        known = Footers(store)
        known.load()
        known.read_ahead(listed(store))
        assert len(store.reads) == 2 * READERS, f"byte {position}"


def test_a_store_that_fails_is_told_at_once(store: SlowStore) -> None:
    def fail() -> None:
        raise NewslakeError("The store is gone", "Look for it.")

    store.wait = fail
    with pytest.raises(NewslakeError, match="The store is gone"):
        Footers(store).read_ahead(listed(store))

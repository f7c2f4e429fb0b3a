"""Footers are read several at a time, each once for each version of its object."""

from collections.abc import Callable

import pytest
from typing_extensions import override

from infra.lake.day_states import day_grid
from infra.lake.footers import READERS, Footers
from infra.lake.lake import Lake
from infra.lake.months import object_key
from infra.store.object_store import ObjectInfo
from tests.lake_samples import SOURCE
from tests.memory_store import MemoryStore

CACHE_KEY = object_key("2024-01")
JANUARY = 28  # days of it that the store has; the others are of February


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
    store.objects = store.tables
    return store


def listed(store: MemoryStore) -> list[ObjectInfo]:
    return list(store.list("articles/"))


def test_l11_a_cache_with_a_flipped_bit_is_as_none(store: SlowStore) -> None:
    """From it follows which raw objects may be deleted."""
    day_grid(store)
    good = store.objects[CACHE_KEY]
    for position in range(0, len(good), 307):
        flipped = bytearray(good)
        flipped[position] ^= 1
        store.objects[CACHE_KEY] = bytes(flipped)
        store.reads.clear()
        known = Footers(store)
        known.read_ahead(listed(store))
        assert len(store.reads) == JANUARY, f"byte {position}"

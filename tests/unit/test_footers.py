"""Footers are remembered for each version of its object."""

from infra.lake.day_states import day_grid
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.months import object_key
from tests.lake_samples import SOURCE
from tests.memory_store import MemoryStore
from tests.passing_stores import CountingStore

CACHE_KEY = object_key("2024-01")
DAYS = 28


def test_l11_a_cache_with_a_flipped_bit_is_as_none() -> None:
    """From it follows which raw objects may be deleted."""
    store = MemoryStore()
    Lake(store).land([], looked_at=[(SOURCE, f"2024-01-{day + 1:02}") for day in range(DAYS)])
    store.objects = store.tables
    day_grid(store)
    good, articles = store.objects[CACHE_KEY], list(store.list("articles/"))

    def read_anew() -> int:
        counting = CountingStore(store)
        Footers(counting).read_ahead(articles)
        return counting.requests["get"]

    before = read_anew()
    for position in range(0, len(good), 307):
        flipped = bytearray(good)
        flipped[position] ^= 1
        store.objects[CACHE_KEY] = bytes(flipped)
        assert read_anew() == before + DAYS, f"byte {position}"

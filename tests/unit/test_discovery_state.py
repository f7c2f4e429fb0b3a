import gzip
from datetime import UTC, datetime

import pytest

from infra.work.live.discovery_state import DiscoveryState, Remembered
from parsers.source.discovery import Link
from tests.memory_store import MemoryStore

KEY = "discovery/source=tass/feeds.json.gz"
URL = "https://tass.com/feed"
LINKS = (Link("https://tass.com/a", datetime(2024, 5, 3, 12, 0, 0, 5, tzinfo=UTC), False), Link("https://tass.com/b"))
READ = Remembered("feed UTC", "abc", '"etag"', "Fri, 03 May 2024 12:00:00 GMT", LINKS, LINKS[:1], may_be_empty=True)


def saved(store: MemoryStore, **lists: Remembered) -> DiscoveryState:
    state = DiscoveryState(store, "tass")
    for name, found in lists.items():
        state.remember(f"https://tass.com/{name}", found)
    state.save()
    return state


def load(store: MemoryStore) -> DiscoveryState:
    return DiscoveryState(store, "tass")


def test_lists_that_another_run_saved_meanwhile_are_kept() -> None:
    store = MemoryStore()
    mine = load(store)
    mine.remember(URL, READ)

    def rival(_key: str) -> None:
        store.before_put = lambda _key: None
        saved(store, other=READ)

    store.before_put = rival
    assert mine.save()
    assert load(store).get(URL, READ.read_as) == load(store).get("https://tass.com/other", READ.read_as) == READ


@pytest.mark.parametrize(
    "body",
    [
        b"",
        gzip.compress(b'{"format":3,"lists":{}}', mtime=0)[:-12],
        gzip.compress(b"[]", mtime=0),
        gzip.compress(b'{"format":3,"lists":{"u":{"x":1,"links":[],"children":[]}}}', mtime=0),
        gzip.compress(b'{"format":3,"lists":{"u":{"read_as":"r","digest":"","links":[["u"]]}}}', mtime=0),
        gzip.compress(
            b'{"format":3,"lists":{"u":{"read_as":"r","digest":"","links":[{"url":"u","hint":"soon"}]}}}', mtime=0
        ),
        gzip.compress(b'{"format":0,"lists":{}}', mtime=0),
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff",
    ],
)
def test_object_that_is_damaged_or_of_another_format_is_as_none(body: bytes) -> None:
    store = MemoryStore()
    store.objects[KEY] = body
    assert load(store).get(URL, "feed UTC") is None
    saved(store, feed=READ)
    assert load(store).get(URL, "feed UTC") == READ

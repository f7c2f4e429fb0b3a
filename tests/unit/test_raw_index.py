"""The index beside each WARC can be lost or damaged at any time: it is made again."""

from datetime import timedelta
from pathlib import Path

import pytest

from infra.archive.raw_archive import RawArchive
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from tests.raw_pages import LONG, MOMENT, add, index_of, page


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "lake"))


@pytest.mark.parametrize(
    "damage", [b"no json", b'com) 20170510 {"url": 5}', b'{"filename": "other.warc.gz"}', b"[]", b"\xff"]
)
def test_a_damaged_index_is_made_again_from_the_warc(store: ObjectStore, damage: bytes) -> None:
    (one,) = add(RawArchive(store), page())
    index_key = one.pointer.uri.replace(".warc.gz", ".cdxj")
    stored = store.get(index_key)
    assert stored
    store.put(index_key, damage, if_match=stored.etag)
    assert [entry.pointer for entry in RawArchive(store).entries("tass")] == [one.pointer]
    assert store.get(index_key) == stored


def test_the_index_of_revisits_is_made_again_from_the_warc(store: ObjectStore) -> None:
    archived = add(RawArchive(store), page(body=LONG), page(at=MOMENT + timedelta(hours=1), body=LONG))
    index = index_of(store, archived[0].pointer)
    store.delete(archived[0].pointer.uri.replace(".warc.gz", ".cdxj"))
    assert len(RawArchive(store).entries("tass")) == 2
    assert index_of(store, archived[0].pointer) == index

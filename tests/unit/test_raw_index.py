"""The index beside each WARC can be lost or damaged at any time: it is made again."""

from datetime import timedelta
from pathlib import Path

import pytest

from infra.archive.raw_archive import RawArchive
from infra.archive.raw_index import read_index
from infra.archive.raw_objects import RawObjects
from infra.store.local_store import LocalStore
from infra.store.object_store import ConflictError, ObjectStore
from infra.store.open_store import open_store
from tests.raw_pages import LONG, MOMENT, add, index_of, page


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(str(tmp_path / "lake"))


def test_a_missing_index_is_made_again_from_the_warc(store: ObjectStore) -> None:
    archived = add(RawArchive(store), *(page(n) for n in range(5)))
    index_key = archived[0].pointer.uri.replace(".warc.gz", ".cdxj")
    index = store.get(index_key)
    store.delete(index_key)
    again = add(RawArchive(store), *(page(n) for n in range(5)), run="run2")
    assert [one.new for one in again] == [False] * 5
    assert [one.pointer for one in again] == [one.pointer for one in archived]
    remade = store.get(index_key)
    assert remade
    assert index
    assert remade.body == index.body


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


def test_an_index_time_without_zone_is_refused() -> None:
    line = b'k 2 {"filename": "a.warc.gz", "captured_at": "2017-05-10T00:00:00"}\n'
    with pytest.raises(ValueError, match="without zone"):
        read_index(line, "tass", "raw/source=tass/date=2017-05-10/a.warc.gz")


def test_an_index_that_a_reader_has_made_meanwhile_stands(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put = type(store).put

    def faster_reader(self: LocalStore, key: str, body: bytes, *, if_match: str | None) -> str:
        if key.endswith(".cdxj"):
            put(self, key, body, if_match=if_match)
            raise ConflictError(key)
        return put(self, key, body, if_match=if_match)

    monkeypatch.setattr(type(store), "put", faster_reader)
    (one,) = add(RawArchive(store), page())
    assert one.new
    assert [entry.pointer for entry in RawArchive(store).entries("tass")] == [one.pointer]


def test_an_object_that_is_deleted_between_listing_and_reading_holds_nothing(store: ObjectStore) -> None:
    (one,) = add(RawArchive(store), page())
    store.delete(one.pointer.uri.replace(".warc.gz", ".cdxj"))
    warc = store.get(one.pointer.uri)
    store.delete(one.pointer.uri)
    assert warc
    assert RawObjects(store).entries_of(one.pointer.uri) == []


def test_the_index_of_revisits_is_made_again_from_the_warc(store: ObjectStore) -> None:
    archived = add(RawArchive(store), page(body=LONG), page(at=MOMENT + timedelta(hours=1), body=LONG))
    index = index_of(store, archived[0].pointer)
    store.delete(archived[0].pointer.uri.replace(".warc.gz", ".cdxj"))
    assert len(RawArchive(store).entries("tass")) == 2
    assert index_of(store, archived[0].pointer) == index

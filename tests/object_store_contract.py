"""What every object store must do, tried on a folder, on Moto and on SeaweedFS: their tests give the fixture `store`.

Names of tests tell the rows of the table of bad inputs that they cover: `l03` is L03.
"""

import multiprocessing
import pickle
import random
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest

from infra.base.errors import NewslakeError
from infra.store import object_store
from infra.store.object_store import ConflictError, ObjectStore, read_merge_write
from infra.store.open_store import open_store

KEY = "articles/source=tass/date=2017-05-10/articles.parquet"
INVALID_KEYS = [
    *("", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.", ".hidden", "a/.tmp-1", ".locks/00"),
    *("a\\b", "a\0b", "a\nb", "a\x7f", "\ud800", "x" * 256, "/".join(["x" * 200] * 6)),
]
ABSENT_RANGES = [(0, 0), (0, -1), (-1, 1), (0, 7), (5, 2), (6, 1), (10**12, 1), (0, 10**15)]


def stored_body(store: ObjectStore, key: str = KEY) -> bytes | None:
    stored = store.get(key)
    return stored.body if stored else None


class ObjectStoreContract:
    """Holds on every server, also on those that check conditions without a lock."""

    @pytest.mark.parametrize("body", [b"", b"\0\r\n\xff", b"PAR1" * 300_000], ids=["empty", "binary", "1 MB"])
    def test_object_comes_back_as_it_was_put(self, store: ObjectStore, body: bytes) -> None:
        etag = store.put(KEY, body, if_match=None)

        assert store.get(KEY) == object_store.Stored(body, etag)

    def test_key_may_be_unicode(self, store: ObjectStore) -> None:
        store.put("raw/Ünïcode +&%41=?#/新闻.gz", b"1", if_match=None)

        assert [info.key for info in store.list("raw/Ü")] == ["raw/Ünïcode +&%41=?#/新闻.gz"]
        assert stored_body(store, "raw/Ünïcode +&%41=?#/新闻.gz") == b"1"

    def test_folders_are_named_once_each(self, store: ObjectStore) -> None:
        for key in ("t/source=b/date=1/x", "t/source=b/date=2/x", "t/source=a/x", "t/x", "tt/source=c/x"):
            store.put(key, b"1", if_match=None)
        assert store.folders("t/") == ["source=a", "source=b"]
        assert store.folders("none/") == []

    def test_l03_put_takes_the_last_etag_only(self, store: ObjectStore) -> None:
        first = store.put(KEY, b"first", if_match=None)
        second = store.put(KEY, b"second", if_match=first)
        for stale in (None, first):
            with pytest.raises(ConflictError):
                store.put(KEY, b"third", if_match=stale)
        assert stored_body(store) == b"second"
        store.put(KEY, b"third", if_match=second)
        assert stored_body(store) == b"third"

    def test_deleted_object_can_be_made_anew_but_not_changed(self, store: ObjectStore) -> None:
        etag = store.put(KEY, b"first", if_match=None)
        store.delete(KEY)
        store.delete(KEY)
        with pytest.raises(ConflictError):
            store.put(KEY, b"second", if_match=etag)
        assert store.get(KEY) is None
        store.put(KEY, b"second", if_match=None)
        assert stored_body(store) == b"second"

    def test_range_is_exact_or_an_error(self, store: ObjectStore) -> None:
        with pytest.raises(NewslakeError, match=KEY):
            store.get_range(KEY, 0, 1)
        store.put(KEY, b"012345", if_match=None)
        assert store.get_range(KEY, 0, 6) == b"012345"
        assert store.get_range(KEY, 2, 3) == b"234"
        for offset, length in ABSENT_RANGES:
            with pytest.raises(NewslakeError, match=KEY):
                store.get_range(KEY, offset, length)

    def test_listing_tells_when_objects_changed_and_into_what(self, store: ObjectStore) -> None:
        before = datetime.now(UTC)
        etag = store.put(KEY, b"first", if_match=None)
        [first] = store.list()
        [again] = store.list()
        store.put(KEY, b"other", if_match=etag)
        [other] = store.list()
        assert first.etag == again.etag != other.etag
        # S3 cuts times to seconds; a folder's clock ticks every few milliseconds
        assert abs(first.modified_at - before) < timedelta(seconds=10)

    def test_listing_is_sorted_by_key_and_relative(self, store: ObjectStore) -> None:
        keys = ["a-b", "a/b", "a/b-c", "a/b/c", "a/é", "a0", "b/x/y/z", "Z"]
        for key in random.sample([key for key in keys if key != "a/b"], len(keys) - 1):
            store.put(key, key.encode(), if_match=None)

        infos = list(store.list())
        assert [info.key for info in infos] == sorted(key for key in keys if key != "a/b")
        assert [info.size for info in infos] == [len(info.key.encode()) for info in infos]

    def test_listing_takes_any_prefix(self, store: ObjectStore) -> None:
        keys = ["a/bb/x", "a/bc", "ab", "c/e"]
        for key in keys:
            store.put(key, b"", if_match=None)

        for prefix in ("a/", "a/b", "a/bb", "a/bb/x", "a", "a/bb/x/", "/", "c/d", ""):
            expected = [key for key in keys if key.startswith(prefix)]
            assert [info.key for info in store.list(prefix)] == expected, prefix

    def test_l06_malformed_key_is_refused(self, store: ObjectStore) -> None:
        put, get_range = partial(store.put, body=b"1", if_match=None), partial(store.get_range, offset=0, length=1)
        for key in INVALID_KEYS:
            for use in (store.get, store.delete, put, get_range):
                with pytest.raises(NewslakeError, match="no valid object key"):
                    use(key)

    def test_store_survives_pickling(self, store: ObjectStore) -> None:
        store.put(KEY, b"1", if_match=None)

        copy: ObjectStore = pickle.loads(pickle.dumps(store))  # noqa: S301 - our own bytes
        assert copy.uri == store.uri
        assert stored_body(copy) == b"1"

    def test_check_passes_and_leaves_nothing_behind(self, store: ObjectStore) -> None:
        store.check()
        store.check()

        assert list(store.list()) == []

    def test_merge_that_changes_nothing_does_not_write(self, store: ObjectStore) -> None:
        store.put(KEY, b"a", if_match=None)
        before = list(store.list())

        assert not read_merge_write(store, KEY, lambda old: old)
        assert not read_merge_write(store, KEY, lambda _: None)
        assert not read_merge_write(store, "absent", lambda _: None)
        assert list(store.list()) == before

    @pytest.mark.parametrize("there", [True, False])
    def test_l03_rival_between_read_and_write_loses_nothing(self, store: ObjectStore, there: bool) -> None:
        if there:
            store.put(KEY, b"0", if_match=None)
        rivals = iter(b"ABC")

        def merge(old: bytes | None) -> bytes:
            if rival := next(rivals, None):
                present = store.get(KEY)
                body = (present.body if present else b"") + bytes([rival])
                store.put(KEY, body, if_match=present.etag if present else None)
            return (old or b"") + b"z"

        assert read_merge_write(store, KEY, merge)
        assert stored_body(store) == (b"0" if there else b"") + b"ABCz"


class AtomicContract:
    """Holds on stores whose conditional writes are atomic: several processes at once."""

    processes = 4
    merges = 10

    def test_l03_one_of_many_creators_wins(self, store: ObjectStore) -> None:
        writers, rounds = 8, 5
        barrier = Barrier(writers)

        def create(number: int, key: str) -> bool:
            barrier.wait(30)
            try:
                store.put(key, str(number).encode(), if_match=None)
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(writers) as threads:
            for key in (f"race/{number}" for number in range(rounds)):
                won = list(threads.map(create, range(writers), [key] * writers))
                assert won.count(True) == 1
                assert stored_body(store, key) == str(won.index(True)).encode()

    def test_l03_no_merge_of_many_processes_is_lost(self, store: ObjectStore) -> None:
        # spawn: a fork of this process, which has threads, could inherit a lock that is held
        with ProcessPoolExecutor(self.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            lost = list(
                pool.map(
                    add_lines,
                    [store.uri] * self.processes,
                    range(self.processes),
                    [self.merges] * self.processes,
                    [self.processes] * self.processes,
                )
            )
        expected = {f"{writer}.{number}" for writer in range(self.processes) for number in range(self.merges)}
        lines = (stored_body(store) or b"").decode().split()
        assert sorted(lines) == sorted(expected)
        assert [info.key for info in store.list("articles/")] == [KEY]
        assert max(lost) < object_store.MERGE_ATTEMPTS // 2, "the bound on attempts is too near"


def add_lines(uri: str, writer: int, merges: int, writers: int) -> int:
    """Add lines to one object, in a process of its own, once all writers are there."""
    store = open_store(uri)
    store.put(f"ready/{writer}", b"", if_match=None)
    while len(list(store.list("ready/"))) < writers:
        time.sleep(0.01)
    most = 0
    for number in range(merges):
        tries = 0

        def merge(old: bytes | None, line: str = f"{writer}.{number}\n") -> bytes:
            nonlocal tries
            tries += 1
            return (old or b"") + line.encode()

        assert read_merge_write(store, KEY, merge)
        most = max(most, tries)
    return most

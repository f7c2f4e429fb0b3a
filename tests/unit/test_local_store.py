"""What is peculiar to a folder: crashes, locks, temporary files, permissions, disks that are full."""

import errno
import os
import time
from pathlib import Path

import pytest

from infra.base.errors import NewslakeError
from infra.store import local_store
from infra.store.local_store import LocalStore
from infra.store.object_store import Stored

KEY = "articles/source=tass/date=2017-05-10/articles.parquet"


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "lake")


def temporary_files(store: LocalStore) -> list[Path]:
    return list(store.root.rglob(".tmp-*"))


def test_l02_check_sweeps_old_temporary_files_only(store: LocalStore) -> None:
    store.put(KEY, b"1", if_match=None)
    folder = (store.root / KEY).parent
    old, young = folder / ".tmp-old", folder / ".tmp-young"
    for path in (old, young, folder / ".hidden"):
        path.write_bytes(b"1")
    long_ago = time.time() - local_store.TEMPORARY_AGE_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    os.utime(folder / ".hidden", (long_ago, long_ago))

    store.check()

    assert temporary_files(store) == [young]
    assert (folder / ".hidden").exists()
    assert store.sweep(-60) == 1
    assert temporary_files(store) == []


def test_a_check_walks_the_lake_once_a_day(store: LocalStore) -> None:
    """A lake of years has a million files, and every run begins with a check."""
    long_ago = time.time() - local_store.TEMPORARY_AGE_SECONDS - 60
    store.check()
    (store.root / ".tmp-old").write_bytes(b"1")
    os.utime(store.root / ".tmp-old", (long_ago, long_ago))
    store.check()
    assert temporary_files(store)

    os.utime(store.root / local_store.SWEPT, (long_ago, long_ago))
    store.check()
    assert not temporary_files(store)


@pytest.mark.parametrize("code", [*sorted(local_store.REMEDIES), errno.ENXIO])
def test_l05_system_errors_name_path_and_remedy(store: LocalStore, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    etag = store.put(KEY, b"old", if_match=None)

    def fail(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("infra.store.local_store.os.fsync", fail)
    with pytest.raises(NewslakeError) as caught:
        store.put(KEY, b"new", if_match=etag)

    assert caught.value.what == f"Cannot write {store.root / KEY}: {os.strerror(code)}"
    assert caught.value.remedy == local_store.REMEDIES.get(code, "Check the folder and its file system, then retry.")
    assert store.get(KEY) == Stored(b"old", etag)
    assert temporary_files(store) == []


def test_a_file_in_the_place_of_a_folder_and_the_other_way_round(store: LocalStore) -> None:
    store.put("a/b/c", b"1", if_match=None)
    inside = LocalStore(store.root / "a/b/c")
    for use in (inside.check, lambda: inside.put("d", b"1", if_match=None), lambda: list(inside.list())):
        with pytest.raises(NewslakeError, match=r"c: .* A file is in the place of a folder"):
            use()
    with pytest.raises(NewslakeError, match="A file is in the place of a folder"):
        store.put("a/b/c/d", b"1", if_match=None)
    assert store.get("a/b/c/d") is None
    store.delete("a/b/c/d")
    for read_or_delete in (store.get, store.delete):
        with pytest.raises(NewslakeError, match="A folder is in the place of a file"):
            read_or_delete("a/b")


def test_file_system_that_keeps_no_conditions_is_refused(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_store, "ignored_condition", lambda _: "If-Match")

    with pytest.raises(NewslakeError, match=r"ignored If-Match\. Put the lake on a local disk or on S3"):
        store.check()

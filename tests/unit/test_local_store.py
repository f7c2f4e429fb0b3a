"""What is peculiar to a folder: crashes, locks, temporary files, permissions, disks that are full."""

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from typing_extensions import override

from infra.base.errors import NewslakeError
from infra.store import local_store
from infra.store.local_store import LocalStore
from infra.store.object_store import ConflictError, ObjectStore, Stored

KEY = "articles/source=tass/date=2017-05-10/articles.parquet"
# A writer of `new` that dies by SIGKILL in the call that is named, before or after what it does.
DYING_WRITER = """
import os, pathlib, signal, sys
from infra.store.local_store import LocalStore

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

root, key, where = sys.argv[1:]
store = LocalStore(pathlib.Path(root))
if where == "in fsync of the file":
    os.fsync = die
elif where == "before rename":
    pathlib.Path.replace = die
elif where == "after rename":
    rename = pathlib.Path.replace
    pathlib.Path.replace = lambda *path: die(rename(*path))
store.put(key, b"new" * 1000, if_match=store.get(key).etag)
"""


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "lake")


def temporary_files(store: LocalStore) -> list[Path]:
    return list(store.root.rglob(".tmp-*"))


@pytest.mark.parametrize(
    ("where", "expected"),
    [("in fsync of the file", b"old"), ("before rename", b"old"), ("after rename", b"new" * 1000)],
)
def test_l02_killed_writer_leaves_a_whole_object(store: LocalStore, where: str, expected: bytes) -> None:
    store.put(KEY, b"old", if_match=None)

    writer = subprocess.run([sys.executable, "-c", DYING_WRITER, str(store.root), KEY, where], check=False)

    assert writer.returncode == -signal.SIGKILL
    stored = store.get(KEY)
    assert stored is not None
    assert stored.body == expected
    assert [info.key for info in store.list()] == [KEY]
    store.put(KEY, b"next", if_match=stored.etag)  # the dead writer's lock is free
    assert len(temporary_files(store)) == (1 if expected == b"old" else 0)


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


@pytest.mark.parametrize("code", [*sorted(local_store.REMEDIES), errno.ENXIO])
def test_l05_error_of_the_system_names_path_and_remedy(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
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


def test_file_system_that_does_not_keep_conditions_is_refused(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_store, "ignored_condition", lambda _: "If-Match")

    with pytest.raises(NewslakeError, match=r"ignored If-Match\. Put the lake on a local disk or on S3"):
        store.check()


class AgainstModel(RuleBasedStateMachine):
    """Any sequence of operations does to the folder what it does to a dictionary."""

    keys = st.sampled_from(["a", "b/c", "b/d", "b-c", "b/e/f"])
    bodies = st.binary(max_size=3)

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store: ObjectStore = LocalStore(Path(self.folder.name, "lake"))
        self.model: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}

    @rule(key=keys, body=bodies)
    def create(self, key: str, body: bytes) -> None:
        if key in self.model:
            with pytest.raises(ConflictError):
                self.store.put(key, body, if_match=None)
        else:
            self.etags[key] = self.store.put(key, body, if_match=None)
            self.model[key] = body

    @rule(key=keys, body=bodies, of=keys)
    @precondition(lambda self: self.model)
    def replace(self, key: str, body: bytes, of: str) -> None:
        etag = self.etags.get(of, "none")
        if key in self.model and etag == self.etags[key]:
            self.etags[key] = self.store.put(key, body, if_match=etag)
            self.model[key] = body
        else:
            with pytest.raises(ConflictError):
                self.store.put(key, body, if_match=etag)

    @rule(key=keys)
    def delete(self, key: str) -> None:
        self.store.delete(key)
        self.model.pop(key, None)

    @rule(key=keys, offset=st.integers(0, 3), length=st.integers(1, 3))
    def get_range(self, key: str, offset: int, length: int) -> None:
        expected = self.model.get(key, b"")[offset : offset + length]
        if len(expected) == length:
            assert self.store.get_range(key, offset, length) == expected
        else:
            with pytest.raises(NewslakeError):
                self.store.get_range(key, offset, length)

    @invariant()
    def same(self) -> None:
        assert [(info.key, info.size) for info in self.store.list()] == [
            (key, len(body)) for key, body in sorted(self.model.items())
        ]
        for key, body in self.model.items():
            assert self.store.get(key) == Stored(body, self.etags[key])

    @override
    def teardown(self) -> None:
        self.folder.cleanup()


TestAgainstModel = AgainstModel.TestCase
TestAgainstModel.settings = settings(stateful_step_count=20)  # the profile says how often

"""`kill -9` at every step of a run: nothing is torn, and the same run again ends as if nothing had happened."""

import errno
import itertools
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.base.errors import NewslakeError
from infra.lake.lake import Lake
from infra.store.local_store import TEMPORARY_PREFIX, LocalStore
from infra.store.open_store import open_store
from tests.disturbed_lake import FIRST_RUN, SECOND_RUN, Pages, States, ingest, objects
from tests.killed_writer import Killer, WriterTask, killer, move
from tests.lake_samples import landed


@pytest.fixture(scope="module")
def writers() -> Iterator[Killer]:
    with killer() as running:
        yield running


def _temporary_files(lake: Path) -> int:
    return sum(path.name.startswith(TEMPORARY_PREFIX) for path in lake.rglob("*"))


def _require_swept(lake: Path) -> None:
    """Nothing but objects and locks is left when the temporary files have come of age."""
    store = LocalStore(lake)
    left = _temporary_files(lake)
    assert store.sweep(-60) == left
    assert _temporary_files(lake) == 0


@pytest.mark.timeout(400)  # some 150 kills, each with a run before and after it: 96 s beside little else
@pytest.mark.parametrize(("run_id", "stride"), [(FIRST_RUN, 3), (SECOND_RUN, 1)])
def test_l02_kill_at_every_step_of_an_ingest_into_a_folder(
    run_id: str, stride: int, pages: Pages, states: States, writers: Killer, tmp_path: Path
) -> None:
    """The second run merges into what the first made, which is killed at each third step."""
    from_nothing = run_id == FIRST_RUN
    folder = pages.first if from_nothing else pages.second
    expected = States({}, states.before) if from_nothing else states
    before = tmp_path / "before"
    expected.restore_before(LocalStore(before))
    kills = littered = 0
    progress = set()
    while True:
        lake = tmp_path / str(kills)
        if not from_nothing:
            shutil.copytree(before, lake)
        store = LocalStore(lake)
        if not writers.run(WriterTask("ingest", str(lake), 1 + stride * kills, str(folder), run_id)):
            break
        kills += 1
        littered += _temporary_files(lake) > 0
        progress.add(expected.require_between(store))
        ingest(folder, str(lake), run_id)
        expected.require_after(store)
        _require_swept(lake)
        shutil.rmtree(lake)
    expected.require_after(store)
    assert kills * stride >= 80
    assert littered > kills // 10  # the kills did strike in the middle of writes,
    assert stride > 1 or progress == set(range(max(progress) + 1))  # and between any two of them


def test_l02_kill_at_every_step_of_a_reparse_that_moves_an_article(writers: Killer, tmp_path: Path) -> None:
    """An article may be met twice, in its old and its new partition, but never not at all."""
    before = tmp_path / "before"
    Lake(LocalStore(before)).land([landed(0), landed(1), landed(2)])
    shutil.copytree(before, tmp_path / "undisturbed")
    move(WriterTask("move", str(tmp_path / "undisturbed"), 0))
    old, new = (objects(LocalStore(tmp_path / name)) for name in ("before", "undisturbed"))
    kills = 0
    while True:
        lake = tmp_path / str(kills)
        shutil.copytree(before, lake)
        task = WriterTask("move", str(lake), kills + 1)
        if not writers.run(task):
            break
        kills += 1
        present = objects(LocalStore(lake))
        assert all(body in (old.get(key), new.get(key)) for key, body in present.items())
        titles = [
            title
            for source, day, _ in Lake(LocalStore(lake)).partitions()
            for title in Lake(LocalStore(lake)).read_partition(source, day)["title"].to_pylist()
        ]
        assert {landed(0)[0].title, landed(2)[0].title} <= set(titles)
        move(task)
        assert objects(LocalStore(lake)) == new
        _require_swept(lake)
    assert kills > 25


def test_o09_disk_that_is_full_from_any_write_on_is_one_line_and_leaves_no_temporary_file(
    pages: Pages, states: States, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "before"
    states.restore_before(LocalStore(before))
    failures = 0
    while True:
        lake = tmp_path / str(failures)
        shutil.copytree(before, lake)
        with monkeypatch.context() as full:
            full.setattr(os, "fsync", _full_after(failures))
            try:
                ingest(pages.second, str(lake), SECOND_RUN)
                break
            except NewslakeError as error:
                said = str(error)
        failures += 1
        assert re.fullmatch(rf"Cannot write {lake}\S*: No space left on device\. Free some space .*", said)
        assert _temporary_files(lake) == 0
        states.require_between(LocalStore(lake))
        ingest(pages.second, str(lake), SECOND_RUN)
        states.require_after(LocalStore(lake))
    states.require_after(LocalStore(lake))
    assert failures > 9  # objects that the run writes


def _full_after(files: int) -> Callable[[int], None]:
    """An fsync for a disk on which there is room for so many files."""
    sync, synced = os.fsync, itertools.count()

    def limited(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode) and next(synced) >= files:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    return limited


@pytest.mark.timeout(400)  # a server syncs each object to a disk that other tests keep busy
def test_l02_kill_at_every_step_of_an_ingest_into_s3(pages: Pages, states: States, seaweedfs_lake: str) -> None:
    """Before each PUT, in the middle of it, and when the server has done it but the writer does not know."""
    kills = 0
    progress = set()
    with killer() as writers:  # with the environment of this server
        while True:
            lake = f"{seaweedfs_lake}/{kills}"
            store = open_store(lake)
            states.restore_before(store)
            if not writers.run(WriterTask("ingest", lake, kills + 1, str(pages.second), SECOND_RUN)):
                break
            kills += 1
            progress.add(states.require_between(store))
            ingest(pages.second, lake, SECOND_RUN)
            states.require_after(store)
    states.require_after(store)
    assert kills >= 27
    assert len(progress) > max(progress) // 2  # most steps: partitions are put side by side, so one may hide another

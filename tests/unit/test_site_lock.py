"""One run at a time on a site from one machine."""

import multiprocessing
import threading
from pathlib import Path

import pytest

from infra.base.errors import NewslakeError
from infra.base.stop import StoppedError
from infra.work.live.site_lock import site_locks, state_folder


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_the_state_folder_is_that_of_the_xdg_specification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert state_folder() == tmp_path / "newslake"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert state_folder() == tmp_path / "home/.local/state/newslake"


def test_a_state_folder_that_cannot_be_made_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    with pytest.raises(NewslakeError, match=r"^No lock for tass in /dev/null/.*: Not a directory\. Set XDG_STATE_HOME"):
        site_locks(["tass"]).__enter__()


def _hold(names: list[str], has: "multiprocessing.synchronize.Event", go: "multiprocessing.synchronize.Event") -> None:
    with site_locks(names):
        has.set()
        go.wait(60)


def test_another_process_waits_and_says_so_and_a_killed_one_gives_the_lock_back() -> None:
    context = multiprocessing.get_context("spawn")
    has, go = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(["tass"], has, go))
    other.start()
    assert has.wait(60)
    waited: list[str] = []

    def waiting(source: str) -> None:
        waited.append(source)
        other.kill()  # as by the kernel: nothing in it gets to tidy up

    with site_locks(["theissue", "tass"], waiting):
        assert waited == ["tass"]
    other.join(60)
    with site_locks(["tass"], waiting):
        assert waited == ["tass"]


def test_a_thread_that_waits_for_a_lock_can_be_told_to_give_up(stopping: threading.Event) -> None:
    with site_locks(["tass"]):  # a lock is of the open file: a second one in this process waits as well
        waited: list[str] = []

        def waiting(source: str) -> None:
            waited.append(source)
            threading.Timer(0.3, stopping.set).start()

        with pytest.raises(StoppedError), site_locks(["tass"], waiting):
            pytest.fail("the lock is held")
    with site_locks(["tass"], waiting):  # free: nobody waits, so nobody is told
        assert waited == ["tass"]

"""One run at a time on a site from this machine, with Prefect or without it."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from infra.base.errors import NewslakeError
from infra.base.stop import LOOK_SECONDS, pause


def state_folder() -> Path:
    """Where this machine's own state lies: the user's state folder (XDG base directory specification)."""
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "newslake"


@contextmanager
def site_locks(sources: Iterable[str], waiting: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the locks of sources; the kernel takes them back from a process that is killed."""
    with ExitStack() as held:
        for source in sorted(set(sources)):  # in one order everywhere, so that two processes never wait for each other
            lock = held.enter_context(_opened(source))
            if not takes(lock):
                waiting(source)
                while not takes(lock):
                    pause(LOOK_SECONDS)  # a thread that sleeps in flock() cannot be woken
        yield


def _opened(source: str) -> IO[str]:
    folder = state_folder() / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / f"{source}.lock").open("a")
    except OSError as error:
        raise NewslakeError(
            f"No lock for {source} in {folder}: {error.strerror}",
            "Set XDG_STATE_HOME to a folder of this machine that you may write to.",
        ) from error


def takes(lock: IO[str]) -> bool:
    """Take a lock if it is free; whether it was."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

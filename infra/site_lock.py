"""One run at a time on a site from this machine, with Prefect or without it."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


def state_folder() -> Path:
    """What is of this machine alone: the user's state folder (XDG base directory specification)."""
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "newslake"


@contextmanager
def site_locks(sources: Iterable[str], waiting: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold the locks of sources; the kernel takes them back from a process that is killed.

    Args:
        sources: names of sources.
        waiting: called with the name of a source whose lock another process holds, before waiting for it.
    """
    folder = state_folder() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        for source in sorted(set(sources)):  # in one order everywhere, so that two processes never wait for each other
            lock = held.enter_context((folder / f"{source}.lock").open("a"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting(source)
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield

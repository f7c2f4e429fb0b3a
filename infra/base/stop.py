"""Stop means stop: what Ctrl-C, SIGTERM and a cancel in Prefect do to this process.

Each of them sets `STOPPING`, which every wait of the program looks at, and raises `StoppedError`. What neither reaches,
such as a connection that is being opened, ends with the process, a few seconds later.
"""

import atexit
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from threading import Event, Thread, current_thread, main_thread
from types import TracebackType
from typing import ClassVar, Final, NoReturn, TypeVar

from typing_extensions import override

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
STOPPED_EXIT_CODE: Final = 130  # 128 + SIGINT, the shells' convention
# From the signal to the end, whatever still hangs: people wait for five, and a busy machine takes a second of them.
GRACE_SECONDS: Final = 3.0
# As many wait for a store, 20 ms a request on S3: boto3 is bound by the processor, so more would gain little.
SIDE_BY_SIDE: Final = 8
LOOK_SECONDS: Final = 0.2  # longest time that a wait does not look at `STOPPING`

STOPPING: Final = Event()
R = TypeVar("R")


class StoppedError(KeyboardInterrupt):
    """The work is not wanted any more: this process was told to stop, or a caller went away."""


def raise_if_stopping(stop: Event = STOPPING) -> None:
    """Raise StoppedError where `stop` is set."""
    if stop.is_set():
        raise StoppedError


def pause(seconds: float) -> None:
    """Sleep; StoppedError as soon as the process is to stop."""
    if STOPPING.wait(seconds):
        raise StoppedError


def is_stop(error: BaseException) -> bool:
    """Whether an exception says that the process is to stop, in newslake's words or in Prefect's."""
    return not isinstance(error, Exception | GeneratorExit)


def result_of(future: Future[R]) -> R:
    """Wait for a result; StoppedError as soon as the process is to stop."""
    while not wait([future], LOOK_SECONDS).done:
        raise_if_stopping()
    return future.result()


class Threads(ThreadPoolExecutor):
    """Threads that can be abandoned: then none begins another piece, and nobody waits for them."""

    def __init__(self, most: int = SIDE_BY_SIDE, name: str = "") -> None:
        super().__init__(most, thread_name_prefix=name)

    @override
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown(wait=not (error and is_stop(error)), cancel_futures=kind is not None)


@contextmanager
def stop_at_waits() -> Iterator[None]:
    """Let no signal interrupt this block: it stops where it waits or ends, and so loses nothing that it holds."""
    if current_thread() is not main_thread():  # no signal interrupts another one anyway
        yield
        return
    _Interrupts.held_off += 1
    try:
        yield
    finally:
        _Interrupts.held_off -= 1
    if signal_came():
        raise StoppedError


class _Interrupts:
    held_off = 0  # blocks of the main thread that no signal may interrupt
    watched = False
    came = False
    last_acts: ClassVar[list[Callable[[], None]]] = []


def before_hard_end(act: Callable[[], None]) -> None:
    """Have something done, in another thread, before a process that does not stop by itself is ended."""
    _Interrupts.last_acts.append(act)


def watch_signals() -> None:
    """Set `STOPPING` when a signal of `SIGNALS` comes, and end the process later; handlers, as Prefect's, stay."""
    if current_thread() is not main_thread() or _Interrupts.watched:
        return
    received, sent = os.pipe()
    os.set_blocking(sent, False)
    # The interpreter writes the number of a signal there at once, even where no Python code runs for a while.
    signal.set_wakeup_fd(sent, warn_on_full_buffer=False)
    _Interrupts.watched = True
    Thread(target=_end_in_time, args=(received,), name="stop", daemon=True).start()


def stop_on_signals() -> None:
    """Besides what `watch_signals` does, raise StoppedError in the main thread, once: later signals are ignored."""
    watch_signals()
    for number in SIGNALS:
        signal.signal(number, _raise_once)


def ignore_signals() -> None:
    """Let what has begun to stop go on undisturbed."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def signal_came() -> bool:
    """Whether a signal has come, of which `STOPPING` may not know yet: a handler cannot set it."""
    return _Interrupts.came or STOPPING.is_set()


def leave() -> NoReturn:
    """End a process that was told to stop: threads that still wait for something are not waited for."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # nobody reads it any more
            stream.flush()
    atexit._run_exitfuncs()  # Prefect's temporary server and the worker processes end here
    os._exit(STOPPED_EXIT_CODE)


def _raise_once(*_: object) -> None:
    _Interrupts.came = True
    ignore_signals()
    if not _Interrupts.held_off:
        raise StoppedError


def _end_in_time(received: int) -> None:
    while not set(SIGNALS) & set(os.read(received, 64)):
        pass
    STOPPING.set()
    time.sleep(GRACE_SECONDS)
    for act in _Interrupts.last_acts:
        act()
    os._exit(STOPPED_EXIT_CODE)

import os
import signal
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path
from threading import Event

import pytest

from infra.base.stop import STOPPED_EXIT_CODE, StoppedError, pause, result_of, stop_at_waits

ROOT = Path(__file__).parents[2]
HANGS = """
import threading
from infra.base.stop import before_hard_end, stop_at_waits, stop_on_signals
stop_on_signals()
before_hard_end(lambda: print("the last word", flush=True))
with stop_at_waits():
    print("begun", flush=True)
    threading.Event().wait()
"""
SLEEPS = """
import time
from infra.base.stop import leave, stop_on_signals
stop_on_signals()
try:
    print("begun", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    leave()
"""


@pytest.mark.parametrize(
    ("program", "last_word", "number"),
    [(HANGS, b"the last word", signal.SIGTERM), (SLEEPS, b"interrupted", signal.SIGINT)],
    ids=["hangs", "sleeps"],
)
def test_o02_a_process_ends_whatever_it_waits_for(program: str, last_word: bytes, number: signal.Signals) -> None:
    command = [sys.executable, "-c", program]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(number)
        process.send_signal(number)
        said, errors = process.communicate(timeout=30)
    assert (process.returncode, said.strip(), errors) == (STOPPED_EXIT_CODE, last_word, b"")


def test_waits_end_where_the_process_is_to_stop(stopping: Event) -> None:
    pause(0.001)
    ready: Future[int] = Future()
    ready.set_result(1)
    stopping.set()
    assert result_of(ready) == 1  # what is there is taken
    with pytest.raises(StoppedError):
        result_of(Future[int]())
    with pytest.raises(StoppedError):
        pause(60)
    with pytest.raises(StoppedError), stop_at_waits():
        pass

"""A process that runs writers which kill themselves with SIGKILL at a chosen step.

`python -m tests.killed_writer` has everything imported and reads orders, a line of JSON each: it forks, the child does
the task and dies at its step, and the answer is a line that says whether it did. Nothing of ours runs after SIGKILL:
no `finally`, no flush, no handler; what the kernel and the server have is what remains.
"""

import fcntl
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import IO, Any
from urllib.parse import urlsplit

from infra.lake.lake import Lake
from infra.store.open_store import open_store
from tests.disturbed_lake import ingest
from tests.lake_samples import NOON, SOURCE, capture_of, landed, rejected

ROOT = Path(__file__).parents[1]
BROKEN = 70  # EX_SOFTWARE of sysexits.h: the child raised, which no test expects


@dataclass(frozen=True)
class WriterTask:
    """What a child shall do, and at which step it dies (from 1; 0: never)."""

    task: str
    lake: str
    die_at: int
    folder: str = ""
    run_id: str = ""


@dataclass(frozen=True)
class Killer:
    process: "subprocess.Popen[str]"

    def run(self, order: WriterTask) -> bool:
        """Whether the writer was killed; False: it came to its end before that step."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asdict(order)) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        assert code in {0, -signal.SIGKILL}, f"the writer ended with {code}"
        return code != 0


@contextmanager
def killer() -> Iterator[Killer]:
    """Start the process with the present environment; ended on leaving."""
    command = [sys.executable, "-m", "tests.killed_writer"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Killer(process)
        assert process.stdin
        process.stdin.close()  # its end
        assert process.wait(30) == 0


def move(order: WriterTask) -> None:
    """A reparse: one article is of another day now, one is none any more, and one stays."""
    Lake(open_store(order.lake)).land(
        [landed(0, published_at=NOON + timedelta(days=1), parser_version=2)],
        [rejected(1, parser_version=2)],
        reparsed={SOURCE: [capture_of(0), capture_of(1)]},
    )


def ingest_folder(order: WriterTask) -> None:
    ingest(Path(order.folder), order.lake, order.run_id)


TASKS: dict[str, Callable[[WriterTask], None]] = {"ingest": ingest_folder, "move": move}


class Steps:
    """Counts the steps of this process, of all its threads, and kills it at one of them."""

    def __init__(self, die_at: int) -> None:
        self._die_at = die_at
        self._taken = 0
        self._lock = Lock()

    def take(self, last_act: Callable[[], object] = lambda: None) -> None:
        """One step. `last_act` is done where it is the one to die at."""
        with self._lock:
            self._taken += 1
            if self._taken == self._die_at:
                last_act()
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()  # the other threads must do nothing either: they die with this one

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.take()
            return call(*arguments, **named)

        return counted


def die_on_disk(steps: Steps) -> None:
    """Steps are what changes a disk or holds a lock; a file that is synced may also be there by half only."""
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            steps.take(lambda: os.ftruncate(descriptor, status.st_size // 2))
        steps.take()
        sync(descriptor)

    setattr(os, "fsync", fsync)  # noqa: B010 - its type takes any file, ours is told descriptors
    for name in ("mkdir", "replace", "rename", "unlink"):
        setattr(os, name, steps.before(getattr(os, name)))
    fcntl.flock = steps.before(fcntl.flock)


def die_on_s3(steps: Steps) -> None:
    """Steps are: before a PUT, when half of it was sent, and when the server has done it; before a DELETE."""
    from infra.store import s3_store

    def before_put(request: Any, **_: object) -> None:
        steps.take()
        steps.take(lambda: send_half(request))

    events = s3_store.client().meta.events
    events.register("before-send.s3.PutObject", before_put)
    events.register("after-call.s3.PutObject", lambda **_: steps.take())
    events.register("before-send.s3.DeleteObject", lambda **_: steps.take())


def send_half(request: Any) -> None:
    """Send a signed request up to the middle of its body."""
    address = urlsplit(request.url)
    body = request.body if isinstance(request.body, bytes) else request.body.read()
    headers = {"Host": address.netloc, **{name: _text(value) for name, value in request.headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if name.lower() != "expect")
    connection = socket.create_connection((address.hostname, address.port))
    connection.sendall(f"PUT {address.path} HTTP/1.1\r\n{head}\r\n".encode() + body[: len(body) // 2])


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def serve(orders: IO[str]) -> None:
    for line in orders:
        order = WriterTask(**json.loads(line))
        child = os.fork()
        if child == 0:
            _carry_out(order)
        status = os.waitpid(child, 0)[1]
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


def _carry_out(order: WriterTask) -> None:
    code = BROKEN
    try:
        steps = Steps(order.die_at)
        die_on_s3(steps) if order.lake.startswith("s3://") else die_on_disk(steps)
        TASKS[order.task](order)
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


if __name__ == "__main__":
    import pandas as pd  # noqa: F401 - pyarrow looks for it at first use, which takes each child a second

    serve(sys.stdin)

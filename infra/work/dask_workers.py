"""Parse on the workers of a Dask cluster instead of in this machine's processes.

A task is one group of `infra.work.parse_pool`, so that a worker that is lost takes little along. On its worker it runs
in a process of its own, which is killed at the deadline as here.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from multiprocessing import current_process
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any, Final

from pebble import ProcessPool

from infra.base.errors import NewslakeError, UsageError
from infra.work.parse_pool import forkserver
from parsers.registry import look_in, looked_in

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS: Final = 10  # a scheduler answers in milliseconds
WORKERS_SECONDS: Final = 60  # until the first worker is there: those of a batch system may wait longer for a machine


class DaskWorkers:
    """What `ParsePool` asks of its processes. `scheduler` is an address; empty, a cluster is started here."""

    active = True  # Dask starts lost workers anew by itself

    def __init__(self, scheduler: str, processes: int) -> None:
        try:
            from distributed import LocalCluster
        except ImportError as error:
            raise UsageError("Dask is not installed", "In newslake's clone, type: pip install '.[dask]'.") from error
        import dask

        self._place = f"the Dask scheduler {scheduler}" if scheduler else "Dask on this machine"
        self._own = None
        if not scheduler:
            dask.config.set({"distributed.worker.daemon": False})  # else its workers may start no processes
            places = {"dashboard_address": "127.0.0.1:0", "worker_dashboard_address": "127.0.0.1:0"}  # never of others
            self._own = LocalCluster(processes, threads_per_worker=1, host="127.0.0.1", **places)
        self._client = self._connected(self._own or scheduler)
        self._executor = self._client.get_executor(pure=False)  # a task that is tried again is another one
        self.count = sum(self._client.nthreads().values())

    def _connected(self, cluster: Any) -> "Client":
        from distributed import Client

        try:
            client = Client(cluster, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            what = f"{self._place} cannot be reached: {error}"
            raise NewslakeError(what, "Check --scheduler, such as tcp://10.0.0.5:8786, and that it runs.") from error
        try:
            client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError as error:
            client.close()
            raise NewslakeError(f"{self._place} has no worker", "Start some: dask worker ADDRESS.") from error
        return client

    def schedule(self, function: Callable[..., Any], args: tuple[Any, ...], timeout: float) -> "Future[Any]":
        """Let a worker call the function; what pebble's pool raises comes out of the future here, too."""
        outcome: Future[Any] = Future()
        task = self._executor.submit(_on_worker, function, args, timeout, os.getcwd(), looked_in())  # noqa: PTH109
        task.add_done_callback(partial(self._pass_on, outcome))
        return outcome

    def _pass_on(self, outcome: "Future[Any]", task: "Future[Any]") -> None:
        from distributed import KilledWorker

        try:
            found = task.result()
        except KilledWorker as error:
            found = BrokenProcessPool(str(error))
        except CancelledError:
            found = NewslakeError(f"{self._place} went away", "Run this again: it goes on where it stopped.")
        except Exception as error:  # whatever it is, whoever asks for the result gets it
            found = error
        if isinstance(found, Exception):
            outcome.set_exception(found)
        else:
            outcome.set_result(found)

    def close(self) -> None:
        """Nothing more comes."""
        self._executor.shutdown(wait=True)

    def stop(self) -> None:
        """Nobody wants what is still worked on."""
        self._executor.shutdown(wait=False)

    def join(self) -> None:
        """Leave the cluster; end it if it is ours."""
        self._client.close()
        if self._own:
            self._own.close()


# What follows runs on the workers.

_here = threading.local()


def _on_worker(function: Callable[..., Any], args: tuple[Any, ...], timeout: float, folder: str, known: Any) -> Any:
    """What the function returns; an exception is returned, too, since Dask would log each with its traceback."""
    if current_process().daemon:
        remedy = "Start them with DASK_DISTRIBUTED__WORKER__DAEMON=False in their environment."
        return NewslakeError("the Dask workers may not start processes, which deadlines need", remedy)
    if getattr(_here, "prepared", None) != (folder, known) or not _here.processes.active:
        _start(folder, known)
    try:
        return _here.processes.schedule(function, args=args, timeout=timeout).result()
    except Exception as error:  # of the page, or of its process: the pool that scheduled this knows which
        return error


def _start(folder: str, known: Any) -> None:
    """A process for this thread of the worker, in place of the one before."""
    if hasattr(_here, "end"):
        _here.end()
    _here.processes = ProcessPool(max_workers=1, context=forkserver(), initializer=_prepare, initargs=(folder, known))
    _here.end = Finalize(None, _end, (_here.processes,), exitpriority=1)  # before multiprocessing waits for it for ever
    _here.prepared = (folder, known)


def _end(processes: ProcessPool) -> None:
    processes.stop()
    processes.join()


def _prepare(folder: str, known: Any) -> None:
    with suppress(OSError):  # inputs on S3 need no folder; a file that is not there is named
        os.chdir(folder)
    look_in(*known)

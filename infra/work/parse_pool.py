"""Parse in worker processes, with a hard deadline a page.

A native HTML parser can neither be interrupted nor trusted not to crash: 29 KB of nested formatting tags cost it
seconds, and a fault in it takes its process along. So pages are parsed in worker processes that are killed at the
deadline. Pages travel in groups, since a message costs more than most pages do; when a group fails, its pages are
parsed again one by one, so that only the culprit is rejected and the run goes on.
"""

import multiprocessing
import re
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as DeadlinePassedError
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.context import ForkServerContext
from multiprocessing.forkserver import ensure_running
from pathlib import PurePath
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from infra.base.batches import in_batches
from infra.base.settings import Settings
from infra.base.stop import raise_if_stopping, result_of
from parsers.fields.urls import host_of
from parsers.parse import parse
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Rejected, RejectReason
from parsers.registry import by_host, by_name, look_in, looked_in

GROUP_PAGES = 32  # a page takes 1-10 ms, a message about 1 ms: 32 pages make the message negligible
GROUP_BYTES = 4 << 20  # bounds what is in flight: 2 groups a worker are 8 MB a worker
GROUPS_PER_WORKER = 2  # one being parsed and one waiting, so that no worker idles between groups
ORPHAN_SECONDS = 5.0  # after the deadline: the pool kills late workers within a second, unless it was killed itself
# Pebble gives up its whole pool where a process dies before it has said which task it took: a race that seldom repeats.
POOLS_A_GROUP = 3
MAX_DETAIL = 300  # characters of an exception's message kept; some carry the whole page
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")  # of objects in messages: differs each run, and a re-run must change no byte

Parse = Callable[[Capture], Outcome]
Pack = Callable[[Capture], bytes]
Pair = tuple[Capture, Outcome | None]  # a capture, and its outcome where that is known without parsing it
Worked = tuple[Outcome, bytes | None]  # an outcome, and the capture packed, if that was asked for and done


def forkserver() -> ForkServerContext:
    """How worker processes start: in milliseconds, with the parsers loaded.

    Never by a fork: this process has threads (Prefect, boto3), whose locks a forked child would inherit locked.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "parsers.parse"])
    # Ctrl-C in a terminal goes to every process. Those that inherit this mask hear nothing of it: their pool ends them.
    resource_tracker.ensure_running()  # which would take the mask off
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


class ParsePool:
    """A pool of processes that parse captures. A context manager; leaving it ends the processes.

    A page may take `page_deadline` seconds. One larger than `max_page_bytes` is rejected unparsed; without it, only the
    parsers' own limit holds. `parse_page` is a module-level function, sent to the processes by name.
    """

    def __init__(
        self, workers: int, page_deadline: float, *, max_page_bytes: int | None = None, parse_page: Parse = parse
    ) -> None:
        self._workers = workers
        self._page_deadline = page_deadline
        self._max_page_bytes = max_page_bytes
        self._parse_page = parse_page
        self._pool = self._new_pool()

    @classmethod
    def of(cls, settings: Settings, workers: int | None = None) -> Self:
        """A pool as the settings say, of `workers` processes if that is given."""
        parse_page = partial(parse, generic=True) if settings.generic else parse
        return cls(
            workers or settings.workers,
            settings.page_deadline_seconds,
            max_page_bytes=settings.max_page_bytes,
            parse_page=parse_page,
        )

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(max_workers=self._workers, context=forkserver(), initializer=look_in, initargs=looked_in())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    def parse(self, pairs: Iterable[Pair]) -> Iterator[tuple[Capture, Outcome]]:
        """Each capture with its outcome, lazily and in order: a few groups a worker are read ahead, no more.

        A page past the deadline is rejected as `timeout`, one that kills its process as `parser_crash`, one at which
        the parser raises as `parser_error`.
        """
        return ((capture, outcome) for capture, (outcome, _) in self._work(pairs, None))

    def parse_and_pack(self, pairs: Iterable[Pair], pack: Pack) -> Iterator[tuple[Capture, Outcome, bytes | None]]:
        """As `parse`, and what `pack` makes of each capture; None of one that could not be parsed to the end.

        `pack` is a module-level function, sent to the processes by name.
        """
        return ((capture, outcome, packed) for capture, (outcome, packed) in self._work(pairs, pack))

    def _work(self, pairs: Iterable[Pair], pack: Pack | None) -> Iterator[tuple[Capture, Worked]]:
        waiting: deque[tuple[list[Pair], Future[list[Worked]]]] = deque()
        for group in in_batches(pairs, lambda pair: len(pair[0].body), most=GROUP_PAGES, max_bytes=GROUP_BYTES):
            waiting.append((group, self._schedule(group, pack)))
            if len(waiting) >= self._workers * GROUPS_PER_WORKER:
                yield from self._finish(*waiting.popleft(), pack)
        while waiting:
            yield from self._finish(*waiting.popleft(), pack)

    def _schedule(self, group: list[Pair], pack: Pack | None) -> Future[list[Worked]]:
        # The whole group gets the deadline of one page: it takes a fraction of it unless a page is a culprit,
        # and then each page gets its own.
        arguments = (self._parse_page, group, pack, self._max_page_bytes, self._page_deadline + ORPHAN_SECONDS)
        if not self._pool.active:
            self._pool.stop()
            self._pool.join()
            self._pool = self._new_pool()
        return self._pool.schedule(_parse_in_worker, args=arguments, timeout=self._page_deadline)

    def _finish(
        self, group: list[Pair], future: Future[list[Worked]], pack: Pack | None, broken: int = 0
    ) -> Iterator[tuple[Capture, Worked]]:
        """Outcomes of a group; `broken` is how many pools broke while they had it."""
        try:
            worked = result_of(future)
        except (DeadlinePassedError, ProcessExpired, BrokenProcessPool) as error:
            raise_if_stopping()  # a signal to the whole process group ends the workers, too: no page is to blame
            if isinstance(error, BrokenProcessPool) and broken + 1 < POOLS_A_GROUP:
                yield from self._finish(group, self._schedule(group, pack), pack, broken + 1)
                return
            if len(group) > 1:
                alone = [([pair], self._schedule([pair], pack)) for pair in group]
                for single, parsed in alone:
                    yield from self._finish(single, parsed, pack)
                return
            worked = [(_blame(group[0][0], error, self._page_deadline), None)]
        yield from zip((capture for capture, _ in group), worked, strict=True)


def _blame(capture: Capture, error: Exception, deadline: float) -> Rejected:
    if isinstance(error, ProcessExpired):
        return _rejected(capture, RejectReason.PARSER_CRASH, f"the parser's process died, exit code {error.exitcode}")
    if isinstance(error, BrokenProcessPool):
        return _rejected(capture, RejectReason.PARSER_CRASH, "the parser's process died")
    return _rejected(capture, RejectReason.TIMEOUT, f"parsing took longer than {deadline:g} seconds")


def source_name_of(capture: Capture) -> str | None:
    """The source that a capture names, else that of its host; None where no source is known by it.

    For captures that no parser has seen to the end: cheap, and looks at no content.
    """
    source = by_name(capture.source) or by_host(host_of(capture.url))
    return source.name if source else None


def _rejected(capture: Capture, reason: RejectReason, detail: str) -> Rejected:
    source = by_name(source_name_of(capture))
    if source is None:
        return Rejected(reason, detail)
    return Rejected(reason, detail, source=source.name, parser_version=source.parser_version)


# What follows runs in the worker processes.


def _parse_in_worker(
    parse_page: Parse, group: list[Pair], pack: Pack | None, max_page_bytes: int | None, last_seconds: float
) -> list[Worked]:
    # If the pool's process is killed, nobody else ends a worker that hangs in native code. SIGALRM does: its default
    # action is the kernel's.
    signal.setitimer(signal.ITIMER_REAL, last_seconds)
    try:
        return parse_group(parse_page, group, pack, max_page_bytes)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def parse_group(parse_page: Parse, group: list[Pair], pack: Pack | None, max_page_bytes: int | None) -> list[Worked]:
    """What comes of some captures, in their order; see `parse_safely`."""
    return [
        (known or parse_safely(parse_page, capture, max_page_bytes), pack(capture) if pack else None)
        for capture, known in group
    ]


def parse_safely(parse_page: Parse, capture: Capture, max_page_bytes: int | None) -> Outcome:
    """The outcome of one capture; Rejected(parser_error) with the place where the parser raised, if it did."""
    if max_page_bytes is not None and len(capture.body) > max_page_bytes:
        detail = f"{len(capture.body):,} bytes, NEWSLAKE_MAX_PAGE_BYTES is {max_page_bytes:,}"
        return _rejected(capture, RejectReason.TOO_LARGE, detail)
    try:
        return parse_page(capture)
    except Exception as error:  # a bug of a parser must cost its page, never the run
        frame = traceback.extract_tb(error.__traceback__)[-1]
        message = _ADDRESS.sub("0x…", " ".join(str(error).split()))[:MAX_DETAIL]
        place = f"{PurePath(frame.filename).name}:{frame.lineno}"
        return _rejected(capture, RejectReason.PARSER_ERROR, f"{type(error).__name__}: {message} ({place})")

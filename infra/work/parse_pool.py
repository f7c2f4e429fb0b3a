"""Parse in worker processes, with a hard deadline a page.

A native HTML parser can neither be interrupted nor trusted not to crash. Pages travel in groups, since a message costs
more than most of them; when a group fails, its pages are parsed again one by one, so that only the culprit is rejected.
"""

import multiprocessing
import re
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as DeadlinePassedError
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.context import ForkServerContext
from multiprocessing.forkserver import ensure_running
from pathlib import PurePath
from typing import Any, NamedTuple, Self, cast

from pebble import ProcessExpired, ProcessPool

from infra.archive.warc import Member, encode
from infra.base.known_sources import UNKNOWN_SOURCE, source_name_of
from infra.base.lanes import in_batches
from infra.base.measures import PARSE_SECONDS, record
from infra.base.settings import Settings
from infra.base.stop import raise_if_stopping, result_of
from infra.intake.captures import Bounds, Read, Stretch
from infra.intake.files.input_types import Page, Skipped
from parsers.parse import parse
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Parsed, Rejected, RejectReason
from parsers.registry import by_name, look_in, looked_in

GROUP_PAGES = 32  # a page takes 1-10 ms, a message about 1 ms: 32 pages make the message negligible
GROUP_BYTES = 4 << 20  # bounds what is in flight, as do the 1 to 3 MB that come of a stretch
GROUPS_PER_WORKER = 3  # one being parsed and two waiting, so that no worker idles while this process is busy
ORPHAN_SECONDS = 5.0  # after the deadline: the pool kills late workers within a second, unless it was killed itself
# Pebble gives up its whole pool where a process dies before it has said which task it took: a race that seldom repeats.
POOLS_A_GROUP = 3
MAX_DETAIL = 300  # characters of an exception's message kept; some carry the whole page
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")  # of objects in messages: differs each run, and a re-run must change no byte

Parse = Callable[[Capture], Outcome]
Pair = tuple[Capture, Rejected | None]  # a capture, and its outcome where that is known without parsing it


class Done(NamedTuple):
    """A page that is parsed, and packed for the archive."""

    capture: Capture  # without its body
    outcome: Outcome
    record: Member | None  # None where nothing is to be archived
    advice: str = ""
    seconds: float = 0.0  # that parsing took; 0 where the outcome was known without


Group = Sequence[Read] | Stretch
Result = Done | Skipped | Bounds


def forkserver() -> ForkServerContext:
    """How worker processes start: with the parsers loaded, never by a fork, which would inherit locks of threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "infra.work.parse_pool"])
    # Ctrl-C in a terminal goes to every process. Those that inherit this mask hear nothing of it: their pool ends them.
    resource_tracker.ensure_running()  # which would take the mask off
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


class ParsePool:
    """A pool of processes that parse captures. A context manager; leaving it ends the processes."""

    def __init__(
        self,
        settings: Settings,
        workers: int | None = None,  # processes, if not as the settings say
        elsewhere: Any = None,  # what does as pebble's pool
        parse_page: Parse | None = None,
    ) -> None:
        self._workers = workers or settings.workers
        self._page_deadline = settings.page_deadline_seconds
        self._max_page_bytes = settings.max_page_bytes
        self._parse_page = parse_page or (partial(parse, generic=True) if settings.generic else parse)
        self._pool: Any = elsewhere or self._new_pool()

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(max_workers=self._workers, context=forkserver(), initializer=look_in, initargs=looked_in())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()
        self._pool.join()

    def parse(self, pairs: Iterable[Pair]) -> Iterator[tuple[Capture, Outcome]]:
        """Each capture with its outcome, lazily and in order: a few groups a worker are read ahead, no more."""
        archived = (Page(capture, known, is_archived=True) for capture, known in pairs)
        for pages, found in self.parse_and_pack(grouped(archived)):
            outcomes = (each.outcome for each in found if isinstance(each, Done))
            yield from zip((page.capture for page in pages if isinstance(page, Page)), outcomes, strict=True)

    def parse_and_pack(self, groups: Iterable[Group]) -> Iterator[tuple[Group, list[Result]]]:
        """As `parse`, by groups, with all that the archive and the lake need of each page."""
        waiting: deque[tuple[Group, Future[list[Result]]]] = deque()
        for group in groups:
            waiting.append((group, self._schedule(group)))
            while len(waiting) >= self._workers * GROUPS_PER_WORKER:
                yield self._next(waiting)
        while waiting:
            yield self._next(waiting)

    def _next(self, waiting: "deque[tuple[Group, Future[list[Result]]]]") -> tuple[Group, list[Result]]:
        group, future = waiting.popleft()
        found = self._finish(group, future)
        for each in found:
            if isinstance(each, Done) and each.seconds:
                known = each.outcome.article.source if isinstance(each.outcome, Parsed) else each.outcome.source
                record(PARSE_SECONDS, each.seconds, source=known or UNKNOWN_SOURCE)
        return group, found

    def _schedule(self, group: Group) -> Future[list[Result]]:
        # The whole group gets the deadline of one page: it takes a fraction of it unless a page is a culprit,
        # and then each page gets its own.
        arguments = (self._parse_page, group, self._max_page_bytes, self._page_deadline + ORPHAN_SECONDS)
        if not self._pool.active:
            self._pool.stop()
            self._pool.join()
            self._pool = self._new_pool()
        future = self._pool.schedule(_parse_in_worker, args=arguments, timeout=self._page_deadline)
        return cast("Future[list[Result]]", future)

    def _finish(self, group: Group, future: Future[list[Result]], broken: int = 0) -> list[Result]:
        """What came of a group; `broken` is how many pools broke while they had it."""
        try:
            return result_of(future)
        except (DeadlinePassedError, ProcessExpired, BrokenProcessPool) as error:
            raise_if_stopping()  # a signal to the whole process group ends the workers, too: no page is to blame
            if isinstance(error, BrokenProcessPool) and broken + 1 < POOLS_A_GROUP:
                return self._finish(group, self._schedule(group), broken + 1)
            if not isinstance(group, Stretch) and len(group) == 1 and isinstance(page := group[0], Page):
                return [_done(page, _blame(page.capture, error, self._page_deadline), self._page_deadline)]
            results: list[Result] = []
            for each in group:
                if isinstance(each, Page):
                    results += self._finish([each], self._schedule([each]))
                else:
                    results.append(each)
            return results


def grouped(pages: Iterable[Read]) -> Iterator[list[Read]]:
    """What this process reads, in groups of what a worker takes at a time."""

    def size_of(read: Read) -> int:
        return len(read.capture.body) if isinstance(read, Page) else 0

    return in_batches(pages, size_of, most=GROUP_PAGES, max_bytes=GROUP_BYTES)


def _blame(capture: Capture, error: Exception, deadline: float) -> Rejected:
    if isinstance(error, ProcessExpired):
        return _rejected(capture, RejectReason.PARSER_CRASH, f"the parser's process died, exit code {error.exitcode}")
    if isinstance(error, BrokenProcessPool):
        return _rejected(capture, RejectReason.PARSER_CRASH, "the parser's process died")
    return _rejected(capture, RejectReason.TIMEOUT, f"parsing took longer than {deadline:g} seconds")


def _rejected(capture: Capture, reason: RejectReason, detail: str) -> Rejected:
    source = by_name(source_name_of(capture))
    if source is None:
        return Rejected(reason, detail)
    return Rejected(reason, detail, source=source.name, parser_version=source.parser_version)


# What follows runs in the worker processes.


def _parse_in_worker(parse_page: Parse, group: Group, max_page_bytes: int | None, last_seconds: float) -> list[Result]:
    # If the pool's process is killed, nobody else ends a worker that hangs in native code. SIGALRM does: its default
    # action is the kernel's.
    signal.setitimer(signal.ITIMER_REAL, last_seconds)
    try:
        return parse_group(parse_page, group, max_page_bytes=max_page_bytes)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def parse_group(parse_page: Parse, group: Group, *, max_page_bytes: int | None) -> list[Result]:
    """What comes of some pages, in their order; see `parse_safely`."""
    return [_parsed(parse_page, each, max_page_bytes) if isinstance(each, Page) else each for each in group]


def _parsed(parse_page: Parse, page: Page, max_page_bytes: int | None) -> Done:
    if page.known:
        return _done(page, page.known)
    began = time.perf_counter()
    outcome = parse_safely(parse_page, page.capture, max_page_bytes)
    return _done(page, outcome, time.perf_counter() - began)


def _done(page: Page, outcome: Outcome, seconds: float = 0.0) -> Done:
    packed = None if page.is_archived else page.member or encode(page.capture)
    return Done(page.capture.without_body(), outcome, packed, page.advice, seconds)


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

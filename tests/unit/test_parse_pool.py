"""The parse pool: one page can cost neither the run nor another page."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.base.settings import Settings
from infra.intake.files.input_types import Page
from infra.work.parse_pool import GROUP_PAGES, GROUPS_PER_WORKER, Done, Pair, ParsePool, parse_group
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Outcome, Rejected, RejectReason
from tests.misbehaving_parsers import parse_as_told

pytestmark = pytest.mark.usefixtures("worker_processes")

ROOT = Path(__file__).parents[2]
DEADLINE = 3.0  # seconds; a busy machine takes more than one to start a process


def _capture(text: str, url: str | None = None, source: str | None = None) -> Capture:
    return Capture(
        body=text.encode(),
        media_type=MediaType.HTML,
        captured_at=datetime(2026, 11, 22, tzinfo=UTC),
        captured_at_basis=CapturedAtBasis.MANIFEST,
        url=url,
        source=source,
    )


def _pool(workers: int = 1, deadline: float = DEADLINE) -> ParsePool:
    return ParsePool(Settings(workers=workers, page_deadline_seconds=deadline), parse_page=parse_as_told)


def _reasons(texts: list[str]) -> list[tuple[RejectReason, str]]:
    with _pool(workers=2) as pool:
        return [_rejection(outcome) for _, outcome in pool.parse((_capture(text), None) for text in texts)]


def _rejection(outcome: Outcome) -> tuple[RejectReason, str]:
    assert isinstance(outcome, Rejected)
    return outcome.reason, outcome.detail


@pytest.mark.parametrize(
    ("order", "reason", "detail"),
    [
        ("hang", RejectReason.TIMEOUT, "parsing took longer than 3 seconds"),
        ("exit", RejectReason.PARSER_CRASH, "the parser's process died, exit code 7"),
        ("segfault", RejectReason.PARSER_CRASH, "the parser's process died, exit code -11"),
    ],
    ids=["P06-P22-hang", "P07-exit", "P07-segfault"],
)
def test_only_the_culprit_of_a_group_is_rejected(order: str, reason: RejectReason, detail: str) -> None:
    """P06, P07, P22: the page that hangs or crashes is rejected; all others of its group are parsed, in order."""
    texts = [f"page {number}" for number in range(GROUP_PAGES)]
    texts[5] = order
    expected = [(RejectReason.LAYOUT, text) for text in texts]
    expected[5] = (reason, detail)
    assert _reasons(texts) == expected


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("raise", "ValueError: no such thing: <object object at 0x…> second line (misbehaving_parsers.py:"),
        ("overflow", "RecursionError"),
    ],
)
def test_p21_an_exception_of_the_parser_costs_its_page_only_and_says_where_it_arose(order: str, said: str) -> None:
    (first, detail), (second, _) = _reasons([order, "page"])
    assert (first, second) == (RejectReason.PARSER_ERROR, RejectReason.LAYOUT)
    assert detail.startswith(said)


def test_p21_errors_are_kept_short_and_filed_under_the_source_of_the_page() -> None:
    def parse_badly(capture: Capture) -> Outcome:
        raise KeyError(capture.body.decode())

    captures = [_capture("x" * 1000, url="https://apnews.com/article/1"), _capture("y"), _capture("too long" * 1000)]
    found = parse_group(parse_badly, list(map(Page, captures)), max_page_bytes=5000)
    known, unknown, large = (each.outcome for each in found if isinstance(each, Done))
    assert isinstance(known, Rejected)
    assert isinstance(unknown, Rejected)
    assert (known.source, known.reason, unknown.source) == ("apnews", RejectReason.PARSER_ERROR, None)
    assert known.parser_version is not None
    assert len(known.detail) < 400
    assert _rejection(large) == (RejectReason.TOO_LARGE, "8,000 bytes, NEWSLAKE_MAX_PAGE_BYTES is 5,000")


class GivenUp:
    """A pool as pebble leaves it where a process dies before it has said what it does."""

    active = True

    def schedule(self, *_: object, **__: object) -> "Future[list[Outcome]]":
        self.active = False
        future: Future[list[Outcome]] = Future()
        future.set_exception(BrokenProcessPool("All workers expired"))
        return future

    def close(self) -> None: ...

    def stop(self) -> None: ...

    def join(self) -> None: ...


def test_p07_pages_of_a_pool_that_is_given_up_are_parsed_by_a_new_one() -> None:
    with _pool() as pool:
        pool._pool = GivenUp()
        outcomes = [_rejection(outcome) for _, outcome in pool.parse((_capture(text), None) for text in ("a", "b"))]
    assert outcomes == [(RejectReason.LAYOUT, "a"), (RejectReason.LAYOUT, "b")]


def test_p07_a_page_that_every_pool_is_given_up_for_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ParsePool, "_new_pool", lambda _: GivenUp())
    with _pool() as pool:
        ((_, outcome),) = pool.parse([(_capture("page"), None)])
    assert _rejection(outcome) == (RejectReason.PARSER_CRASH, "the parser's process died")


def test_captures_are_read_ahead_by_a_bounded_number() -> None:
    taken = 0

    def endless() -> Iterator[Pair]:
        nonlocal taken
        while True:
            taken += 1
            yield _capture("page"), None

    with _pool() as pool:
        next(pool.parse(endless()))
        assert taken <= GROUP_PAGES * GROUPS_PER_WORKER + 1


def test_an_error_outside_ends_hanging_workers_at_once() -> None:
    started = time.monotonic()

    def unplugged() -> Iterator[Pair]:
        yield from [(_capture("hang"), None)] * GROUP_PAGES
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"), _pool(deadline=60) as pool:
        list(pool.parse(unplugged()))
    assert time.monotonic() - started < 30


def test_o02_a_hanging_worker_ends_by_itself_where_its_pool_was_killed() -> None:
    """O02: SIGKILL leaves no time to end workers; they must not burn a processor for ever."""
    code = (
        "import os, signal, threading, time\n"
        "from tests.misbehaving_parsers import parse_as_told\n"
        "from tests.sample_pages import capture\n"
        "from infra.base.settings import Settings\n"
        "from infra.work import parse_pool\n"
        "if __name__ == '__main__':\n"
        "    parse_pool.ORPHAN_SECONDS = 1.0\n"
        "    threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGKILL)).start()\n"
        "    settings = Settings(workers=1, page_deadline_seconds=2.0)\n"
        "    with parse_pool.ParsePool(settings, parse_page=parse_as_told) as pool:\n"
        "        list(pool.parse([(capture(0, b'hang'), None)]))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    started = time.monotonic()
    process.communicate(timeout=30)  # until the last process that holds the pipe has ended, workers included
    assert process.returncode == -signal.SIGKILL
    assert 2.0 < time.monotonic() - started < 30


def test_what_is_known_is_not_parsed_and_keeps_its_place() -> None:
    known = Rejected(RejectReason.TRUNCATED, "cut short")
    with _pool() as pool:
        assert list(pool.parse([])) == []
        pairs = [(_capture("page"), None), (_capture("hang"), known), (_capture("last"), None)]
        found = list(pool.parse(pairs))
    assert [capture for capture, _ in found] == [capture for capture, _ in pairs]
    assert [_rejection(outcome)[1] for _, outcome in found] == ["page", "cut short", "last"]

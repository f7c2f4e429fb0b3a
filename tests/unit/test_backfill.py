"""The sliding window of a backfill."""

import threading
from collections import Counter
from datetime import date, timedelta

import pytest

from infra.base.days import Days
from infra.base.errors import NewslakeError, UsageError
from infra.base.stop import StoppedError
from infra.work.backfill.plan import MAX_ACTIVE, Batch, require_all_done, work_through
from infra.work.live.plan import FetchPolicy
from infra.work.run import RunReport

START = date(2024, 5, 1)


def batch(source: str, offset: int) -> Batch:
    return Batch(source, Days.one(START + timedelta(days=offset)), FetchPolicy())


def test_several_sources_are_worked_on_at_a_time_but_never_one_twice() -> None:
    both = threading.Barrier(2, timeout=30)
    active: Counter[str] = Counter()
    lock = threading.Lock()
    overlaps = []

    def work(each: Batch) -> RunReport:
        with lock:
            active[each.source] += 1
            overlaps.append(active[each.source])
        both.wait()  # passes only if the other source is at work too
        with lock:
            active[each.source] -= 1
        return RunReport()

    batches = [batch(source, offset) for offset in range(3) for source in ("tass", "theissue")]
    work_through(batches, work, max_active=2)
    assert set(overlaps) == {1}


def test_the_next_batch_begins_as_one_ends_not_when_all_have() -> None:
    slow_may_end = threading.Event()

    def work(each: Batch) -> RunReport:
        if each.source == "tass":
            assert slow_may_end.wait(30)
        elif each == batch("theissue", 3):
            slow_may_end.set()  # reached although the first batch of the other source still runs
        return RunReport()

    batches = [batch("tass", 0), *(batch("theissue", offset) for offset in range(4))]
    _, failed = work_through(batches, work, max_active=2)
    assert failed == {}


def test_a_batch_that_fails_stops_no_other_and_is_named_with_the_remedy() -> None:
    batches = [batch("tass", 0), batch("tass", 1)]

    def work(each: Batch) -> RunReport:
        if each == batches[0]:
            raise NewslakeError("bucket news is full", "Make room.")
        return RunReport(captures=1)

    report, failed = work_through(batches, work, max_active=1)
    assert report.captures == 1
    with pytest.raises(
        NewslakeError, match=r"1 of 2 batches failed, the first for tass, 2024-05-01: bucket news is full"
    ):
        require_all_done(batches, failed)
    require_all_done(batches, {})


@pytest.mark.parametrize("number", [0, -1, MAX_ACTIVE + 1])
def test_o01_a_window_of_no_or_too_many_batches_is_refused(number: int) -> None:
    with pytest.raises(UsageError, match="max_active"):
        work_through([], lambda _: RunReport(), max_active=number)


def test_o02_an_interrupt_waits_for_the_batches_that_are_worked_on_and_begins_no_other() -> None:
    interrupt = threading.Event()
    begun: list[Batch] = []

    def work(each: Batch) -> RunReport:
        begun.append(each)
        if each.source == "theissue":
            interrupt.set()
            raise StoppedError
        assert interrupt.wait(30)
        return RunReport()

    batches = [batch("tass", 0), batch("theissue", 0), batch("tass", 1), batch("theissue", 1)]
    with pytest.raises(StoppedError):
        work_through(batches, work, max_active=2)
    assert sorted(begun, key=lambda each: each.source) == batches[:2]
    for thread in [each for each in threading.enumerate() if each.name.startswith("backfill")]:
        thread.join(10)
        assert not thread.is_alive()

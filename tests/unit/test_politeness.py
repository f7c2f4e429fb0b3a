import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.stop import StoppedError
from infra.intake.web.fetching import FetchError, FetchReason
from infra.intake.web.polite_client import (
    DOWN_AFTER,
    MAX_BACKOFF,
    MAX_RETRY_AFTER,
    REFUSED_AFTER,
    HostPace,
    RequestBudget,
    paced_host,
)
from tests.http_clients import SleepingClock
from tests.tables import table


def new_pace(clock: SleepingClock, jitter: float = 1.0) -> HostPace:
    return HostPace("example.com", clock, clock.sleep, lambda: jitter)


def starts(pace: HostPace, clock: SleepingClock, count: int, interval: float, took: float = 0.0) -> list[float]:
    began = []
    for _ in range(count):
        pace.take_turn(interval)
        began.append(clock())
        if took:
            clock.sleep(took)
        pace.end_turn()
    return began


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def server_error(status: int = 500, retry_after: float | None = None) -> FetchError:
    return FetchError(FetchReason.SERVER_ERROR, "as the test says", status=status, retry_after=retry_after)


def rate_limited(retry_after: float | None = None) -> FetchError:
    return FetchError(FetchReason.RATE_LIMITED, "as the test says", status=429, retry_after=retry_after)


@given(st.lists(st.floats(0, 50), min_size=2, max_size=8), st.lists(st.floats(0, 3), min_size=8, max_size=8))
def test_no_two_starts_are_nearer_than_the_interval(intervals: list[float], took: list[float]) -> None:
    clock = SleepingClock()
    pace = new_pace(clock)
    began = [starts(pace, clock, 1, interval, seconds)[0] for interval, seconds in zip(intervals, took, strict=False)]
    for gap, interval in zip(gaps(began), intervals[1:], strict=True):
        assert gap >= interval - 1e-6


def test_o06_a_wall_clock_that_jumps_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SleepingClock()
    pace = new_pace(clock)
    starts(pace, clock, 1, 1.0)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert gaps(starts(pace, clock, 3, 1.0)) == [1.0, 1.0]
    monkeypatch.setattr(time, "time", lambda: 1e12)
    assert gaps(starts(pace, clock, 3, 1.0)) == [1.0, 1.0]


def test_one_request_at_a_time() -> None:
    pace = HostPace("example.com", time.monotonic, time.sleep, lambda: 1.0)
    under_way = most = 0

    def request(_: int) -> None:
        nonlocal under_way, most
        pace.take_turn(0.0)
        under_way += 1
        most = max(most, under_way)
        time.sleep(0.001)  # lets the others run
        under_way -= 1
        pace.end_turn()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(request, range(40)))
    assert most == 1


@pytest.mark.parametrize(("url", "host"), table("urls")["sites"])
def test_what_is_paced_as_one_host(url: str, host: str) -> None:
    assert paced_host(url) == host


@pytest.mark.parametrize(
    ("retry_after", "waited"), [(5.0, 5.0), (2.5, 2.5), (3.15e8, MAX_RETRY_AFTER), (float("inf"), MAX_RETRY_AFTER)]
)
@pytest.mark.parametrize("failure", [rate_limited, lambda seconds: server_error(503, seconds)])
def test_f30_retry_after_holds_for_the_whole_host_up_to_a_cap(
    retry_after: float, waited: float, failure: Callable[[float], FetchError]
) -> None:
    clock = SleepingClock()
    pace = new_pace(clock)
    clock.sleep(1)
    pace.take_turn(0.0)
    clock.sleep(3)  # the answer took its time
    pace.end_turn(failure(retry_after))
    answered = clock()
    pace.take_turn(0.0)
    assert clock() == answered + waited


@pytest.mark.parametrize("retry_after", [None, 0.0, -100.0, float("nan")])
def test_f30_without_a_usable_retry_after_the_pause_is_random(retry_after: float | None) -> None:
    clock = SleepingClock()
    pace = new_pace(clock, jitter=0.5)
    starts(pace, clock, 1, 0.0)
    pace.take_turn(0.0)
    clock.sleep(10)  # longer than the doubled interval
    pace.end_turn(rate_limited(retry_after))
    pace.take_turn(0.0)
    assert sum(clock.slept) == 10.5


def test_f30_each_429_doubles_the_interval_and_answers_ease_it() -> None:
    clock = SleepingClock()
    pace = new_pace(clock, jitter=0.0)
    for expected in (2.0, 4.0, 8.0):
        pace.take_turn(1.0)
        before = clock()
        pace.end_turn(rate_limited())
        pace.take_turn(1.0)
        assert clock() - before == pytest.approx(expected)
        pace._turn.release()  # the request is still open: neither failure nor answer
    widths = gaps(starts(pace, clock, 40, 1.0))
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == pytest.approx(8.0, rel=0.1)
    assert widths[10] == pytest.approx(4.0, rel=0.1)
    assert widths[-1] == pytest.approx(1.0)


def test_f31_pauses_grow_with_each_failure_in_a_row_up_to_a_cap() -> None:
    clock = SleepingClock()
    pace = new_pace(clock)
    pauses = []
    for _ in range(DOWN_AFTER - 1):
        pace.take_turn(0.0)
        failed = clock()
        pace.end_turn(server_error())
        pace.take_turn(0.0)
        pauses.append(clock() - failed)
        pace._turn.release()
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, *[MAX_BACKOFF] * 3]


def test_a_host_that_refuses_ten_times_in_a_row_is_left_alone() -> None:
    pace = new_pace(SleepingClock())
    for answer in (*[True] * (REFUSED_AFTER - 1), False, *[True] * REFUSED_AFTER):
        pace.take_turn(0)
        pace.end_turn(is_refused=answer)
    with pytest.raises(FetchError, match=r"refused 10 requests in a row") as raised:
        pace.take_turn(0)
    assert raised.value.reason is FetchReason.HOST_DOWN


def test_waiting_ends_where_it_is_stopped() -> None:
    clock, stop = SleepingClock(), Event()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if len(clock.slept) == 3:
            stop.set()

    pace = HostPace("example.com", clock, sleep, lambda: 0.0)
    pace.take_turn(100.0, stop)
    pace.end_turn()
    with pytest.raises(StoppedError):
        pace.take_turn(100.0, stop)
    assert len(clock.slept) == 3
    pace.take_turn(100.0)  # the turn is free, and at its time
    assert sum(clock.slept) == 100.0


def test_a_budget_is_used_up_by_all_threads_together() -> None:
    budget = RequestBudget(100)

    def spend(_: int) -> int:
        spent = 0
        for _ in range(30):
            try:
                budget.spend()
            except FetchError:
                continue
            spent += 1
        return spent

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(spend, range(8))) == 100
    assert (budget.used, budget.limit) == (100, 100)
    for refused in (budget.check, budget.spend):
        with pytest.raises(FetchError, match="budget: 100 requests"):
            refused()

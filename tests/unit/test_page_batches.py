"""Pages as they arrive: in batches, whatever ends the run."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from infra.intake.web.fetching import FetchError, FetchReason
from infra.work.live import fetch_pages
from infra.work.live.fetch_pages import BATCH_PAGES, Fetched, batched
from parsers.record.capture import Capture, CapturedAtBasis, MediaType

SECONDS = 30.0


def page(number: int, size: int = 20) -> Fetched:
    url = f"https://tass.com/world/{number}"
    body = f"page {number}".encode().ljust(size)
    return Fetched(
        url, Capture(body, MediaType.HTML, datetime(2026, 11, 22, tzinfo=UTC), CapturedAtBasis.LIVE, url=url)
    )


def failed(number: int) -> Fetched:
    return Fetched(f"https://tass.com/world/{number}", None, FetchError(FetchReason.TIMEOUT, "too late"))


def sizes(pages: Iterator[Fetched | None]) -> list[int]:
    return [len(batch) for batch in batched(pages, SECONDS)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Times that the clock tells, one after the other; all must have been asked for."""
    times: list[float] = []
    monkeypatch.setattr("infra.work.live.fetch_pages.time.monotonic", lambda: times.pop(0))
    yield times
    assert times == []


def test_pages_come_in_batches_in_order_and_those_without_capture_pass_through() -> None:
    pages = [failed(number) if number % 7 == 0 else page(number) for number in range(BATCH_PAGES + 3)]
    found = list(batched(iter(pages), SECONDS))
    assert [len(batch) for batch in found] == [BATCH_PAGES, 3]
    assert [page for batch in found for page in batch] == pages
    assert sizes(iter(())) == []


def test_a_batch_ends_with_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch_pages, "BATCH_BYTES", 100)
    assert sizes(map(page, range(5), [60] * 5)) == [2, 2, 1]


def test_a_batch_ends_with_its_time(clock: list[float]) -> None:
    clock += [0.0, *(0.0, 1.0, 31.0), *(40.0, 41.0)]
    assert sizes(map(page, range(3))) == [2, 1]


def test_a_batch_whose_time_is_up_waits_for_no_further_page(clock: list[float]) -> None:
    """Nobody looks at the clock while no page waits."""
    clock += [0.0, *(0.0, 0.0), *(29.0, 31.0), *(50.0, 50.0)]
    assert sizes(iter([None, page(0), None, None, None, page(1)])) == [1, 1]


@pytest.mark.parametrize("came", [0, 3])
def test_o02_what_came_before_an_interrupt_is_in_a_batch(came: int) -> None:
    def pages() -> Iterator[Fetched]:
        yield from map(page, range(came))
        raise KeyboardInterrupt

    batches = batched(pages(), SECONDS)
    if came:
        assert next(batches) == [page(number) for number in range(came)]
    with pytest.raises(KeyboardInterrupt):
        next(batches)

"""Pages as they arrive: archived in batches before anything parses them, whatever ends the run."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from infra.archive.raw_archive import RawArchive
from infra.intake.web.fetching import FetchError, FetchReason
from infra.work.live import archive_and_parse as arrivals
from infra.work.live.archive_and_parse import BATCH_PAGES, archive_and_parse
from infra.work.live.fetch_pages import Fetched
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Outcome, Rejected, RejectReason
from tests.memory_store import MemoryStore

if TYPE_CHECKING:
    from infra.work.parse_pool import ParsePool


class FakePool:
    """Parses in this process, and only what is archived."""

    def __init__(self, archive: RawArchive) -> None:
        self._archive = archive

    def parse(self, captures: Sequence[Capture]) -> Iterator[tuple[Capture, Outcome]]:
        kept = {entry.digest for entry in self._archive.entries("tass")}
        for capture in captures:
            assert capture.digest in kept
            yield capture, Rejected(RejectReason.LAYOUT, str(capture.url))


@pytest.fixture
def archive() -> RawArchive:
    return RawArchive(MemoryStore())


def page(number: int, size: int = 20) -> Fetched:
    url = f"https://tass.com/world/{number}"
    body = f"page {number}".encode().ljust(size)
    return Fetched(
        url, Capture(body, MediaType.HTML, datetime(2026, 11, 22, tzinfo=UTC), CapturedAtBasis.LIVE, url=url)
    )


def failed(number: int) -> Fetched:
    return Fetched(f"https://tass.com/world/{number}", None, FetchError(FetchReason.TIMEOUT, "too late"))


def batches(pages: Iterator[Fetched | None], archive: RawArchive) -> Iterator[list[str]]:
    """The addresses of each batch; what was examined belongs to those with a capture, in order."""
    pool = cast("ParsePool", FakePool(archive))
    for batch, examined in archive_and_parse(pages, archive, pool, run_id="r1", worker="w", seconds=30.0):
        assert [each.archived.capture for each in examined] == [page.capture for page in batch if page.capture]
        assert [each.outcome.detail for each in examined if isinstance(each.outcome, Rejected)] == [
            page.url for page in batch if page.capture
        ]
        yield [page.url for page in batch]


def test_pages_come_in_batches_in_order_and_those_without_capture_pass_through(archive: RawArchive) -> None:
    pages = [failed(number) if number % 7 == 0 else page(number) for number in range(BATCH_PAGES + 3)]
    found = list(batches(iter(pages), archive))
    assert [len(batch) for batch in found] == [BATCH_PAGES, 3]
    assert [url for batch in found for url in batch] == [page.url for page in pages]


def test_a_batch_ends_with_its_bytes_or_its_time(archive: RawArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "BATCH_BYTES", 100)
    assert [len(batch) for batch in batches(map(page, range(5), [60] * 5), archive)] == [2, 2, 1]
    times = iter([0.0, *(0.0, 1.0, 31.0), *(40.0, 41.0), 42.0])
    monkeypatch.setattr("infra.work.live.archive_and_parse.time.monotonic", lambda: next(times))
    assert [len(batch) for batch in batches(map(page, range(10, 13)), archive)] == [2, 1]


def test_a_batch_whose_time_is_up_waits_for_no_further_page(
    archive: RawArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, *(0.0, 0.0), *(29.0, 31.0), *(50.0, 50.0)])
    monkeypatch.setattr("infra.work.live.archive_and_parse.time.monotonic", lambda: next(times))
    came = batches(iter([None, page(0), None, None, None, page(1)]), archive)
    assert [len(batch) for batch in came] == [1, 1]
    assert next(times, None) is None  # nobody looks at the clock while no page waits


def test_no_pages_no_batch(archive: RawArchive) -> None:
    assert list(batches(iter(()), archive)) == []


@pytest.mark.parametrize("came", [0, 3])
def test_o02_what_came_before_an_interrupt_is_archived(came: int, archive: RawArchive) -> None:
    def pages() -> Iterator[Fetched]:
        yield from map(page, range(came))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(batches(pages(), archive))
    assert len(archive.entries("tass")) == came

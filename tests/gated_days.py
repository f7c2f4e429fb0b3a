"""Days of TASS as the quality gate sees them, made without parsing a page each."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from infra.archive.raw_archive import ArchivedCapture, Pointer
from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.store.object_store import ObjectStore
from infra.work.land_outcomes import land_outcomes
from infra.work.run import ParsedCapture, Run
from parsers.parse import parse
from parsers.record.article import Article, article_id
from parsers.record.capture import Capture
from parsers.record.outcome import Outcome, Parsed, Rejected, RejectReason
from parsers.registry import sources
from tests import sample_pages as pages
from tests.memory_store import MemoryStore

SOURCE = "tass"
FIRST = date(2024, 1, 8)  # a Monday
RUN = Run(Settings(workers=1), "20240201T000000Z-000001")
LATER = Run(Settings(workers=1), "20240202T000000Z-000002")


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def key(number: int) -> str:
    return f"articles/source={SOURCE}/date={day(number)}/articles.parquet"


def published_at(on: int, number: int = 0) -> datetime:
    """When article `number` of day `on` was published: in the morning, one a minute."""
    return datetime.combine(FIRST, time(9), UTC) + timedelta(days=on, minutes=number)


def examined(on: int, number: int, **changes: Any) -> ParsedCapture:
    """Article `number` of day `on`, with some fields changed; got two hours after it was published."""
    capture = _captured(on, number)
    url = capture.url or ""
    stated = {"url": url, "canonical_url": url, "article_id": article_id(SOURCE, url, None, ())}
    values = stated | {"published_at": published_at(on, number)} | changes
    return ParsedCapture(_archived(capture, on, number), Parsed(replace(_article(), **values)))


@cache
def _article() -> Article:
    outcome = parse(pages.capture(0))
    assert isinstance(outcome, Parsed)
    return outcome.article


def refused(on: int, number: int, reason: RejectReason = RejectReason.MISSING_TITLE) -> ParsedCapture:
    """Capture `number` of day `on`, of which the parser could not make an article."""
    outcome: Outcome = Rejected(reason, "as told", SOURCE, "2017-05", sources()[SOURCE].version)
    capture = _captured(on, number)
    return ParsedCapture(_archived(capture, on, number), outcome)


def land_history(store: ObjectStore, days: int = 7, each: int = 30, *, start: int = 0, **changes: Any) -> None:
    batch = [examined(on, number, **changes) for on in range(start, start + days) for number in range(each)]
    assert not land_outcomes(batch, Lake(store), RUN, mode="ingest").suspect_findings


def landed_week() -> MemoryStore:
    """A store with seven whole days of 30 articles."""
    store = MemoryStore()
    store.objects |= _landed_week()
    return store


@cache
def _landed_week() -> dict[str, bytes]:
    store = MemoryStore()
    land_history(store)
    return store.objects


def _captured(on: int, number: int) -> Capture:
    captured_at = published_at(on, number) + timedelta(hours=2)
    return replace(pages.capture(0), url=pages.url(1000 * on + number), captured_at=captured_at)


def _archived(capture: Capture, on: int, number: int) -> ArchivedCapture:
    uri = f"raw/source={SOURCE}/date={day(on)}/r-w-0.warc.gz"
    return ArchivedCapture(capture, Pointer(uri, 1000 * number, 900), new=False)

"""The quarantine as people ask for it."""

from datetime import date, timedelta

import pytest

from infra.lake.lake import Lake
from infra.lake.quarantine import rejects_in
from infra.store.object_store import ObjectStore
from parsers.record.outcome import RejectReason
from tests.lake_samples import NOON, SOURCE, landed, rejected
from tests.memory_store import MemoryStore

NEXT_DAY = NOON + timedelta(days=1)


@pytest.fixture
def store() -> MemoryStore:
    """Five open rejections and a closed one; a day on which all are closed."""
    store = MemoryStore()
    rejects = [
        rejected(0),
        rejected(1, captured_at=NOON),
        rejected(2, captured_at=NEXT_DAY, url=None),
        rejected(3, reason=RejectReason.EMPTY, parser_version=None),
        rejected(4, source="_unknown", reason=RejectReason.UNKNOWN_SOURCE, parser_version=None),
        rejected(5),
        rejected(6, captured_at=NEXT_DAY + timedelta(days=1)),
    ]
    Lake(store).land([], rejects)
    closing = [landed(5), landed(6, captured_at=NEXT_DAY + timedelta(days=1))]
    Lake(store).land(closing)
    return store


def _numbers(store: ObjectStore, source: str | None = SOURCE, **asked: date | bool) -> list[int]:
    rows = rejects_in(store, source, **asked)  # type: ignore[arg-type] # of this test's own calls
    return sorted(int(row["capture_offset"]) // 1000 for row in rows)


def test_open_rejections_are_listed_by_source_and_day_of_capture(store: MemoryStore) -> None:
    assert _numbers(store, None) == [0, 1, 2, 3, 4]
    assert _numbers(store) == [0, 1, 2, 3]
    assert _numbers(store, "_unknown") == [4]
    assert _numbers(store, start=NEXT_DAY.date()) == [2]
    assert _numbers(store, end=NEXT_DAY.date()) == [0, 1, 3]
    assert _numbers(store, closed=True) == [0, 1, 2, 3, 5, 6]
    assert {row["source"] for row in rejects_in(store)} == {SOURCE, "_unknown"}

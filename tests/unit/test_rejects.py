"""The quarantine's record: writable whatever the page held."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.lake.rejects import RejectState, invalid_record, reject_id
from infra.lake.schema import REJECT_COLUMNS, to_table
from parsers.record.outcome import RejectReason
from tests.lake_samples import NOON, broken, rejected


def test_a_rejection_is_open_and_named_by_its_capture() -> None:
    reject = rejected(1)
    assert reject.state == RejectState.OPEN
    assert reject.reject_id == reject_id("gazette", reject.url, NOON + timedelta(hours=2), reject.capture_digest)
    assert len(reject.reject_id) == 32
    assert rejected(1, reason=RejectReason.EMPTY, run_id="later", detail="else").reject_id == reject.reject_id


@pytest.mark.parametrize(
    "change",
    [{"source": "other"}, {"url": None}, {"captured_at": NOON}, {"capture_digest": "sha256:00"}],
    ids=lambda change: next(iter(change)),
)
def test_another_capture_is_another_rejection(change: dict[str, Any]) -> None:
    assert rejected(1, **change).reject_id != rejected(1).reject_id


def test_l01_surrogates_in_detail_and_url_are_escaped() -> None:
    reject = rejected(0, detail="saw \ud83d", url="https://gazette.example/\udcff")
    assert (reject.detail, reject.url) == ("saw \\ud83d", "https://gazette.example/\\udcff")


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "\ud83d"},
        {"layout": 5},
        {"parser_version": 2**31},
        {"http_status": 2**40},
        {"run_id": "\udcff"},
        {"captured_at": datetime(2024, 5, 1)},  # noqa: DTZ001
    ],
    ids=str,
)
def test_l01_whatever_is_wrong_the_rejection_itself_fits(changes: dict[str, Any]) -> None:
    bad, record = broken(7, **changes)
    table, wrong = to_table([(invalid_record(bad, record, "wrong"),)], REJECT_COLUMNS)
    assert (table.num_rows, wrong) == (1, [])

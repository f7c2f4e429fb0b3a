"""Rejections: writable whatever the page held, with the first and last time at which a page was got on a day."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.lake import partition
from infra.lake.lake import Lake
from infra.lake.partition import REJECTS, TableKind, decode, encode
from infra.lake.rejects import Reject, invalid_record
from infra.lake.schema import REJECT_COLUMNS, to_table
from parsers.record.article import SCHEMA_VERSION
from tests.lake_samples import NOON, SOURCE, broken, landed, rejected
from tests.memory_store import MemoryStore


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


URL = "https://gazette.example/paywall"
DAY = "2024-05-01"
KEY = f"rejects/source={SOURCE}/date={DAY}/rejects.parquet"
LATE = NOON + timedelta(hours=6)


def seen(table: Any) -> list[tuple[datetime | None, datetime | None]]:
    return list(zip(table["first_seen_at"].to_pylist(), table["last_seen_at"].to_pylist(), strict=True))


def landed_rejects(*rejects: Reject) -> MemoryStore:
    store = MemoryStore()
    for reject in rejects:
        Lake(store).land([], [reject])
    return store


def test_each_capture_of_a_page_keeps_its_row_and_knows_when_the_page_was_got_first_and_last() -> None:
    captures = [rejected(number, url=URL, captured_at=at) for number, at in enumerate((LATE, NOON))]
    table = Lake(landed_rejects(*captures, rejected(5))).read_partition(SOURCE, DAY, REJECTS)
    two = NOON + timedelta(hours=2)
    assert seen(table) == [(NOON, LATE), (two, two), (NOON, LATE)]


@pytest.mark.parametrize(
    ("digest", "times"), [("sha256:00", (NOON, LATE)), ("sha256:11", (LATE, LATE))], ids=["same", "other"]
)
def test_without_an_address_it_is_the_bytes_that_are_seen_again(digest: str, times: tuple[datetime, ...]) -> None:
    early = rejected(0, url=None, captured_at=NOON, capture_digest="sha256:00")
    late = rejected(1, url=None, captured_at=LATE, capture_digest=digest)
    assert seen(Lake(landed_rejects(early, late)).read_partition(SOURCE, DAY, REJECTS))[1] == times


def test_what_was_seen_stays_when_a_rejection_is_closed() -> None:
    store = landed_rejects(rejected(0, url=URL, captured_at=NOON), rejected(1, url=URL, captured_at=LATE))
    Lake(store).land([landed(1, url=URL, captured_at=LATE)])
    table = Lake(store).read_partition(SOURCE, DAY, REJECTS)
    assert (table["state"].to_pylist(), seen(table)) == (["open", "closed"], [(NOON, LATE)] * 2)


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """A lake whose rejects are of schema version 1, without these columns."""
    first = TableKind("rejects", tuple(c for c in REJECT_COLUMNS if c.since == 1), *REJECTS_SHAPE)
    table, _ = to_table([(rejected(0, url=URL, captured_at=NOON),)], first.columns)
    store = MemoryStore()
    with monkeypatch.context() as earlier:
        earlier.setattr(partition, "SCHEMA_VERSION", 1)
        store.put(KEY, encode(first, table), if_match=None)
    return store


REJECTS_SHAPE = (REJECTS.identity, REJECTS.sorted_by, REJECTS.bloom)


def test_l07_rejects_of_schema_version_1_are_read_and_get_their_times_from_the_next_landing(older: MemoryStore) -> None:
    assert seen(Lake(older).read_partition(SOURCE, DAY, REJECTS)) == [(None, None)]
    Lake(older).land([], [rejected(1, url=URL, captured_at=LATE)])
    table, manifest = decode(REJECTS, older.objects[KEY], KEY)
    assert (seen(table), manifest.schema_version) == ([(NOON, LATE)] * 2, SCHEMA_VERSION)

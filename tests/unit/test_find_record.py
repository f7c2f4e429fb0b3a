"""A record by its id or its address, in a folder and elsewhere, and what today's parser makes of its page."""

from datetime import timedelta
from pathlib import Path

import pytest

from infra.archive.raw_archive import Pointer
from infra.base.errors import NewslakeError, UsageError
from infra.base.settings import Settings
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from infra.upkeep.find_record import Record, find_record
from infra.work.run import Run
from parsers.record.article import NULL_PARTITION
from tests import sample_pages as pages
from tests.lake_samples import NOON, SOURCE, landed, rejected
from tests.landed_captures import archive, land
from tests.memory_store import MemoryStore


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """Three days, one of them undated, and two articles of the same address."""
    store: ObjectStore = open_store(str(tmp_path / "lake")) if request.param == "folder" else MemoryStore()
    articles = [
        landed(0),
        landed(1, published_at=NOON + timedelta(days=1)),
        landed(2, published_at=None, canonical_url="https://gazette.example/two"),
        landed(5, published_at=NOON + timedelta(days=1), url=landed(0)[0].url, article_id="5" * 32),
        landed(3, source="other"),
    ]
    Lake(store).land(articles, [rejected(4)])
    return store


@pytest.mark.parametrize("number", [1, 2])
def test_an_article_is_found_by_its_id_and_by_its_addresses(store: ObjectStore, number: int) -> None:
    article, record = landed(number)
    for wanted in (article.article_id, article.url or "", {1: article.url, 2: "https://gazette.example/two"}[number]):
        found = find_record(store, wanted or "")
        assert (found.kind, found.source, found.row["article_id"]) == (ARTICLES, SOURCE, article.article_id)
        assert found.pointer == Pointer(record.capture_uri, record.capture_offset, record.capture_length)
    assert find_record(store, landed(2)[0].article_id).date == NULL_PARTITION


def test_of_several_days_the_newest_is_taken_and_a_source_narrows_it_down(store: ObjectStore) -> None:
    found = find_record(store, landed(0)[0].url or "")
    assert (found.date, found.row["title"]) == ("2024-05-02", "Ferry 5 leaves late")
    of_other = landed(3, source="other")[0]
    assert find_record(store, of_other.article_id, "other").source == "other"
    with pytest.raises(UsageError, match=f"has no record of {SOURCE} {of_other.article_id}"):
        find_record(store, of_other.article_id, SOURCE)


@pytest.mark.parametrize("wanted", ["0" * 32, "https://gazette.example/none", "https://x.example/'OR(1=1)--"])
def test_what_is_not_there_is_told(store: ObjectStore, wanted: str) -> None:
    with pytest.raises(UsageError, match="has no record"):
        find_record(store, wanted)


def test_an_address_of_a_known_source_is_found_however_it_is_written(tmp_path: Path) -> None:
    run = Run(Settings(lake=str(tmp_path / "lake"), workers=1), "20240201T000000Z-000001")
    archive(run, [pages.capture(0)])
    land(run, pages.capture(0))
    found = find_record(run.open_store(), "http://www.tass.com/society/1731000/?utm_source=x#top")
    assert found.row["url"] == pages.url(0)


def test_a_row_whose_capture_is_expired_says_so() -> None:
    nowhere = dict.fromkeys(("capture_uri", "capture_offset", "capture_length"))
    with pytest.raises(NewslakeError, match="no longer archived"):
        _ = Record(REJECTS, SOURCE, "2024-05-01", nowhere).pointer

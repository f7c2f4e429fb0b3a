"""L07: a lake of schema version 2, with undated articles in Hive's null partition, is read as ever and made new."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.base.errors import NewslakeError
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, decode
from infra.upkeep.repair import plan_repairs, upgrade
from parsers.record.article import NULL_PARTITION
from tests.lake_samples import NOON, SOURCE, Landed, landed
from tests.memory_store import MemoryStore
from tests.old_lakes import OLD_UNDATED, UNDATED, old_lake

DAY = "2024-05-01"
DATED = landed(0)
WITHOUT_DATE = landed(1, published_at=None)
DATED_SINCE = landed(1, captured_at=NOON + timedelta(days=1))  # a later capture states the day


@pytest.fixture
def store() -> MemoryStore:
    return old_lake(DATED, WITHOUT_DATE)


def places(store: MemoryStore) -> dict[str, list[str]]:
    bodies = {key: body for key, body in store.objects.items() if ARTICLES.parse_key(key)}
    return {key: decode(ARTICLES, body, key)[0]["title"].to_pylist() for key, body in sorted(bodies.items())}


@pytest.mark.parametrize("again", [WITHOUT_DATE, DATED_SINCE], ids=["undated still", "dated since"])
def test_l07_an_article_of_the_old_partition_is_landed_again(store: MemoryStore, again: Landed) -> None:
    Lake(store).land([again])
    titles = [title for held in places(store).values() for title in held]
    assert sorted(titles) == ["Ferry 0 leaves late", "Ferry 1 leaves late"]
    assert OLD_UNDATED not in store.objects
    home = UNDATED if again is WITHOUT_DATE else ARTICLES.key(SOURCE, DAY)
    assert "Ferry 1 leaves late" in places(store)[home]


def test_l07_a_move_that_is_killed_midway_is_done_again(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(key: str) -> None:
        raise NewslakeError(f"{key} cannot be deleted", "Allow it.")

    with monkeypatch.context() as patched:
        patched.setattr(store, "delete", killed)
        with pytest.raises(NewslakeError, match="cannot be deleted"):
            Lake(store).land([landed(5)])
    assert {UNDATED, OLD_UNDATED} <= store.objects.keys()
    assert [day for _, day, _ in Lake(store).partitions(SOURCE)] == [NULL_PARTITION, DAY]  # each article once
    upgrade(store, plan_repairs(store, now=datetime.now(UTC)).old)
    assert places(store) == {UNDATED: ["Ferry 1 leaves late"], ARTICLES.key(SOURCE, DAY): ["Ferry 0 leaves late"]}

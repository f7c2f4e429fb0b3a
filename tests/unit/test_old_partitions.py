"""L07: a lake of schema version 2, with undated articles in Hive's null partition, is read as ever and made new."""

from datetime import timedelta

import pytest

from infra.base.choices import Layer
from infra.base.errors import NewslakeError
from infra.lake.day_states import DayStates
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, decode
from infra.lake.query import run_query
from infra.store.trial_store import TrialStore
from infra.upkeep.expiry import expire
from infra.upkeep.find_record import find_record
from infra.upkeep.upgrade import old_partitions, upgrade
from infra.work.history import History
from infra.work.reparse.comparison import compare
from parsers.record.article import NULL_PARTITION, SCHEMA_VERSION
from parsers.record.capture import CaptureIdentity
from tests.lake_samples import NOON, SOURCE, Landed, article, landed
from tests.memory_store import MemoryStore
from tests.old_partitions import OLD_UNDATED, UNDATED, old_lake

DAY = "2024-05-01"
DATED = landed(0)
WITHOUT_DATE = landed(1, published_at=None)
DATED_SINCE = landed(1, captured_at=NOON + timedelta(days=1))  # a later capture states the day
NOW = NOON + timedelta(days=900)


@pytest.fixture
def store() -> MemoryStore:
    return old_lake(DATED, WITHOUT_DATE)


def places(store: MemoryStore) -> dict[str, list[str]]:
    """Titles by key of the partition, read from the objects themselves."""
    bodies = {key: body for key, body in store.objects.items() if ARTICLES.parse_key(key)}
    return {key: decode(ARTICLES, body, key)[0]["title"].to_pylist() for key, body in sorted(bodies.items())}


def versions(store: MemoryStore) -> set[int]:
    return {decode(ARTICLES, body, key)[1].schema_version for key, body in store.objects.items() if "articles/" in key}


def test_l07_it_is_read_with_the_columns_and_the_day_of_today(store: MemoryStore) -> None:
    lake = Lake(store)
    assert [day for _, day, _ in lake.partitions(SOURCE)] == [DAY, NULL_PARTITION]
    assert lake.read_partition(SOURCE, NULL_PARTITION)["text"].to_pylist() == [article(1).text]
    assert lake.identities(SOURCE, NULL_PARTITION) == {article(1).article_id}
    asked = run_query(store, "SELECT date, text, body[2].start AS fog FROM articles ORDER BY date NULLS LAST")
    assert asked.to_pylist() == [
        {"date": NOON.date(), "text": "The boat 0 waited.\n\nFog.", "fog": 20},
        {"date": None, "text": "The boat 1 waited.\n\nFog.", "fog": 20},
    ]
    assert find_record(store, article(1).article_id).date == NULL_PARTITION
    assert [(day.date, day.articles) for day in DayStates(store).grid()] == [(DAY, 1), (NULL_PARTITION, 1)]
    assert [profile.fill["published_at"] for profile in History(store, SOURCE).near(DAY)] == [0.5]
    kept = expire(store, Layer.ARTICLES, NOW.date(), now=NOW, dry_run=True)
    assert [(each.day, each.action) for each in kept] == [(DAY, "delete"), (NULL_PARTITION, "keep")]
    assert {key for key in store.puts if not key.startswith("_catalog/")} == set()


def test_l07_the_first_landing_of_a_source_moves_its_undated_articles(store: MemoryStore) -> None:
    Lake(store).land([landed(5)])
    assert places(store) == {
        UNDATED: ["Ferry 1 leaves late"],
        ARTICLES.key(SOURCE, DAY): ["Ferry 0 leaves late", "Ferry 5 leaves late"],
    }
    assert versions(store) == {SCHEMA_VERSION}


@pytest.mark.parametrize("again", [WITHOUT_DATE, DATED_SINCE], ids=["undated still", "dated since"])
def test_l07_an_article_of_the_old_partition_is_landed_again(store: MemoryStore, again: Landed) -> None:
    Lake(store).land([again])
    titles = [title for held in places(store).values() for title in held]
    assert sorted(titles) == ["Ferry 0 leaves late", "Ferry 1 leaves late"]
    assert OLD_UNDATED not in store.objects
    home = UNDATED if again is WITHOUT_DATE else ARTICLES.key(SOURCE, DAY)
    assert "Ferry 1 leaves late" in places(store)[home]


def test_l07_a_reparse_takes_a_row_out_of_the_old_partition(store: MemoryStore) -> None:
    parsed, record = DATED_SINCE[0], WITHOUT_DATE[1]
    capture = CaptureIdentity(parsed.url, record.captured_at, record.capture_digest)
    Lake(store).land([(parsed, record)], reparsed={SOURCE: [capture]})
    assert places(store)[UNDATED] == []
    assert places(store)[ARTICLES.key(SOURCE, DAY)] == ["Ferry 0 leaves late", "Ferry 1 leaves late"]


def test_l07_a_move_that_is_killed_before_the_old_place_is_cleared_is_done_again(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(key: str) -> None:
        raise NewslakeError(f"{key} cannot be deleted", "Allow it.")

    with monkeypatch.context() as patched:
        patched.setattr(store, "delete", killed)
        with pytest.raises(NewslakeError, match="cannot be deleted"):
            Lake(store).land([landed(5)])
    assert {UNDATED, OLD_UNDATED} <= store.objects.keys()
    assert [day for _, day, _ in Lake(store).partitions(SOURCE)] == [NULL_PARTITION, DAY]  # each article once
    upgrade(store, old_partitions(store))
    assert places(store) == {UNDATED: ["Ferry 1 leaves late"], ARTICLES.key(SOURCE, DAY): ["Ferry 0 leaves late"]}


def test_l07_an_article_that_another_worker_dates_during_the_move_stays_where_that_puts_it(store: MemoryStore) -> None:
    def rival(key: str) -> None:
        if key == UNDATED:
            store.before_put = lambda key: None
            Lake(store).land([DATED_SINCE])

    store.before_put = rival
    Lake(store).land([landed(5)])
    assert places(store)[UNDATED] == []
    assert places(store)[ARTICLES.key(SOURCE, DAY)].count("Ferry 1 leaves late") == 1


def test_l07_a_trial_moves_nothing_in_the_lake_itself(store: MemoryStore) -> None:
    before = dict(store.objects)
    trial = TrialStore(store, MemoryStore())
    Lake(trial).land([landed(5)])
    assert [day for _, day, _ in Lake(trial).partitions(SOURCE)] == [NULL_PARTITION, DAY]
    assert trial.get(OLD_UNDATED) is None
    assert store.objects == before
    moved = compare(trial)
    assert (moved.rows, moved.partitions) == ({"added": 1}, 2)


def test_l07_an_upgrade_writes_all_that_is_old_anew_and_keeps_what_it_says(store: MemoryStore) -> None:
    Lake(store).land([], looked_at=[("herald", DAY)])
    before = {key: body for key, body in store.objects.items() if "herald" in key}
    assert old_partitions(store) == [("articles", SOURCE, NULL_PARTITION), ("articles", SOURCE, DAY)]
    assert old_partitions(store, ["herald"]) == []
    upgrade(store, old_partitions(store))
    assert old_partitions(store) == []
    assert versions(store) == {SCHEMA_VERSION}
    assert {key: store.objects[key] for key in before} == before
    fresh = MemoryStore()
    Lake(fresh).land([DATED, WITHOUT_DATE])
    assert {key: body for key, body in store.objects.items() if SOURCE in key} == fresh.objects

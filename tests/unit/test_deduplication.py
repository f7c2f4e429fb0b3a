"""Every article is in one partition, whatever days its captures state, in any order and with any interruption (L10)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.lake import deduplication
from infra.lake.changes import Changes
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, encode
from infra.store.local_store import LocalStore
from infra.store.object_store import ObjectStore
from parsers.record.article import NULL_PARTITION, Fidelity
from tests.lake_samples import NOON, Landed, landed
from tests.memory_store import MemoryStore

DAY, NEXT = "2024-05-01", "2024-05-02"


def capture(number: int, day: int | None, hour: int = 0, **changes: Any) -> Landed:
    """A capture of article `number` that states a day after the first, or none, taken some hours after noon."""
    captured_at = NOON + timedelta(hours=hour)
    published_at = None if day is None else NOON + timedelta(days=day)
    return landed(number, published_at=published_at, captured_at=captured_at, capture_offset=hour, **changes)


EARLY, LATE = capture(0, day=0, hour=1), capture(0, day=1, hour=2)


def rows(store: ObjectStore) -> dict[tuple[str, str], list[dict[str, Any]]]:
    lake = Lake(store)
    tables = {(s, day): lake.read_partition(s, day).to_pylist() for s, day, _ in lake.partitions()}
    return {partition: table for partition, table in tables.items() if table}


def homes(store: ObjectStore) -> dict[str, list[str]]:
    return {day: [row["title"] for row in table] for (_, day), table in rows(store).items()}


def all_landed(batches: Sequence[Sequence[Landed]], store: ObjectStore | None = None) -> ObjectStore:
    store = store or MemoryStore()
    for batch in batches:
        Lake(store).land(batch)
    return store


captures = st.builds(
    capture,
    st.integers(0, 2),
    st.none() | st.integers(0, 3),
    st.integers(0, 3),
    fidelity=st.sampled_from([Fidelity.PARTIAL, Fidelity.HTML]),
    source=st.sampled_from(["gazette", "herald"]),
)


@settings(max_examples=settings().max_examples // 2)  # each lands a dozen times
@given(st.lists(st.lists(captures, max_size=3), min_size=1, max_size=4), st.data())
def test_l10_any_order_and_grouping_gives_the_same_rows(batches: list[list[Landed]], data: st.DataObject) -> None:
    expected = rows(all_landed(batches))
    everything = [each for batch in batches for each in batch]
    assert rows(all_landed([everything])) == expected
    assert rows(all_landed([[each] for each in data.draw(st.permutations(everything))])) == expected
    repeated = data.draw(st.lists(st.sampled_from(batches), max_size=2))
    assert rows(all_landed(data.draw(st.permutations([*batches, *repeated])))) == expected
    found = [(source, row["article_id"]) for (source, _), table in expected.items() for row in table]
    assert len(found) == len(set(found)) == len({(a.source, a.article_id) for a, _ in everything})


def test_an_article_whose_stated_day_changes_moves_and_keeps_its_first_capture() -> None:
    store = MemoryStore()
    Lake(store).land([EARLY, capture(1, day=0)])
    report = Lake(store).land([LATE])
    assert homes(store) == {DAY: ["Ferry 1 leaves late"], NEXT: ["Ferry 0 leaves late"]}
    assert rows(store)["gazette", NEXT][0]["first_captured_at"] == EARLY[1].captured_at
    assert report.written == (("gazette", DAY), ("gazette", NEXT))


def test_l10_an_undated_stub_gives_way_to_the_dated_article() -> None:
    stub = capture(0, day=None, hour=5, fidelity=Fidelity.PARTIAL)
    assert homes(all_landed([[stub], [EARLY]])) == homes(all_landed([[EARLY], [stub]])) == {DAY: [EARLY[0].title]}
    assert NULL_PARTITION in {day for _, day, _ in Lake(all_landed([[stub], [EARLY]])).partitions()}


def test_other_sources_with_the_same_identity_are_left_alone() -> None:
    elsewhere = capture(0, day=1, hour=2, source="herald", article_id=EARLY[0].article_id)
    assert len(rows(all_landed([[EARLY], [elsewhere]]))) == 2


def test_l03_a_rival_that_lands_another_day_at_the_same_time_is_seen() -> None:
    store = MemoryStore()
    rivals = [LATE]

    def rival(key: str) -> None:
        if rivals and "date=2024-05-01" in key:
            Lake(store).land([rivals.pop()])

    store.before_put = rival
    Lake(store).land([EARLY, capture(1, day=3)])
    assert homes(store) == {NEXT: ["Ferry 0 leaves late"], "2024-05-04": ["Ferry 1 leaves late"]}


def test_l03_threads_that_land_other_days_of_the_same_articles_through_one_lake(tmp_path: Path) -> None:
    lake = Lake(LocalStore(tmp_path))
    with ThreadPoolExecutor(6) as pool:
        for number in range(2):
            days = [[capture(number, day=day, hour=day)] for day in range(6)]
            list(pool.map(lake.land, days))
    assert {day: len(titles) for day, titles in homes(lake.store).items()} == {"2024-05-06": 2}


@pytest.mark.parametrize("steps", range(5))
def test_l02_a_landing_that_is_killed_at_any_write_is_mended_by_its_repetition(steps: int) -> None:
    store = MemoryStore()
    all_landed([[EARLY, capture(1, day=0)]], store)
    writes = iter(range(steps))

    def kill(key: str) -> None:
        if next(writes, None) is None:
            raise KeyboardInterrupt

    store.before_put = kill
    try:
        Lake(store).land([LATE, capture(1, day=2, hour=4)])
    except KeyboardInterrupt:
        titles = {title for table in homes(store).values() for title in table}
        assert titles == {"Ferry 0 leaves late", "Ferry 1 leaves late"}  # perhaps twice, never not at all
    store.before_put = lambda key: None
    all_landed([[LATE, capture(1, day=2, hour=4)]], store)
    assert homes(store) == {NEXT: ["Ferry 0 leaves late"], "2024-05-03": ["Ferry 1 leaves late"]}


def test_a_row_that_a_reparse_takes_away_meanwhile_drives_nobody_out() -> None:
    """The greatest row is gone when the lesser is to go for its sake: the lesser stays."""
    store = MemoryStore()
    all_landed([[EARLY]], store)
    others = Lake(all_landed([[LATE]])).read_partition("gazette", NEXT)
    store.objects[ARTICLES.key("gazette", NEXT)] = encode(ARTICLES, others)

    def reparse(key: str) -> None:
        store.before_put = lambda key: None
        store.objects[ARTICLES.key("gazette", NEXT)] = encode(ARTICLES, others.slice(0, 0))

    store.before_put = reparse
    written = list(deduplication.deduplicate(Changes(store), "gazette", {EARLY[0].article_id: [DAY, NEXT]}))
    assert homes(store) == {DAY: ["Ferry 0 leaves late"]}
    assert DAY not in written


def test_l11_damaged_partitions_of_other_days_stop_no_landing() -> None:
    store = MemoryStore()
    damaged = [ARTICLES.key("gazette", f"2020-01-{day}") for day in range(10, 10 + deduplication.WORTH_SAVING)]
    store.objects |= dict.fromkeys(damaged, b"not parquet")
    all_landed([[EARLY], [LATE]], store)
    for key in damaged:
        del store.objects[key]
    assert homes(store) == {NEXT: ["Ferry 0 leaves late"]}

"""`verify` finds each kind of damage, and none where there is none."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, FORMAT_KEY, REJECTS, TableKind, decode, encode
from infra.lake.staged_rows import StagingLake, land_staged
from infra.upkeep.verify import CREATED_BY, Fault
from tests.lake_samples import NOON, landed
from tests.memory_store import MemoryStore
from tests.raw_lake import capture, faults, ingest

DAY = "2024-05-01"
KEY = f"articles/source=gazette/date={DAY}/articles.parquet"
REJECTS_KEY = f"rejects/source=gazette/date={DAY}/rejects.parquet"


@pytest.fixture
def store() -> MemoryStore:
    """A sound lake: two articles of one day and one of none, a rejection, an empty day, all captures archived."""
    store = MemoryStore()
    two = NOON + timedelta(hours=2)
    ingest(store, [capture(number, two) for number in (0, 2, 3)], "r1")
    ingest(store, [capture(4, two)], "r2", published_at=None)
    Lake(store).land([], looked_at=[("gazette", "2024-05-02")])
    return store


def only_fault(store: MemoryStore) -> Fault:
    (fault,) = faults(store)
    return fault


def altered(store: MemoryStore, key: str, alter: Callable[[Any], Any], kind: TableKind = ARTICLES) -> None:
    """Write a partition with other rows, as a program with a bug would."""
    table, manifest = decode(kind, store.objects[key], key)
    store.objects[key] = encode(kind, alter(table), looked_at=manifest.looked_at)


def with_value(column: str, value: Any) -> Callable[[Any], Any]:
    def alter(table: Any) -> Any:
        position = table.schema.get_field_index(column)
        values = [value, *table[column].to_pylist()[1:]]
        return table.set_column(position, table.schema.field(column), pa.array(values, table.schema.field(column).type))

    return alter


def test_a_sound_lake_has_no_faults_nor_has_an_empty_one(store: MemoryStore) -> None:
    assert faults(store) == []
    assert faults(MemoryStore()) == []


def test_l11_any_flipped_bit_of_a_partition_is_found(store: MemoryStore) -> None:
    """Also where its rows still look right, and in its footer, but for where that says who wrote it."""
    good = store.objects[KEY]
    signed = CREATED_BY.encode(), FORMAT_KEY
    signatures = {good.index(name) + byte for name in signed for byte in range(-4, len(name) + 8)}
    for position in set(range(0, len(good), 401)) - signatures:
        flipped = bytearray(good)
        flipped[position] ^= 1 << position % 8
        store.objects[KEY] = bytes(flipped)
        assert any(fault.object == KEY for fault in faults(store)), f"byte {position}"


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("title", "Another", "has another content_digest than its title and body give"),
        ("body", [{"type": "poem", "start": 0, "end": 24}], "has another content_digest than its title and body give"),
        ("body", [], "has a body whose blocks do not give its text"),
        ("text", "The boat 0 waited.\n\nFog.\n", "has a body whose blocks do not give its text"),
        ("text", "The coat 0 waited.\n\nFog.", "has another content_digest than its title and body give"),
        ("canonical_url", "https://gazette.example/other", "is not the identity that its address gives"),
        ("capture_digest", "sha256:00", "points to another capture: raw/source=gazette/"),
        ("capture_uri", "raw/gone.warc.gz", "points to a capture that cannot be read: raw/gone.warc.gz"),
    ],
)
def test_l11_an_article_that_does_not_say_what_it_is(column: str, value: Any, said: str, store: MemoryStore) -> None:
    altered(store, KEY, with_value(column, value))
    fault = only_fault(store)
    assert fault.object == KEY
    assert fault.fault.startswith("article_id ")
    assert said in fault.fault


def test_a_row_in_a_partition_of_another_day(store: MemoryStore) -> None:
    store.objects[KEY.replace(DAY, "2024-04-30")] = store.objects.pop(KEY)
    assert [fault.fault.split(" ", 2)[2] for fault in faults(store)] == ["is published on 2024-05-01"] * 2


def test_an_article_in_two_partitions(store: MemoryStore) -> None:
    table, _ = decode(ARTICLES, store.objects[KEY], KEY)
    moved = with_value("published_at", NOON + timedelta(days=3))(table.slice(0, 1))
    other = KEY.replace(DAY, "2024-05-04")
    store.objects[other] = encode(ARTICLES, moved)
    fault = only_fault(store)
    assert fault.object == other
    assert fault.fault.endswith(f"is in {KEY} too")


def test_rows_out_of_order(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    upside_down = TableKind("articles", ARTICLES.columns, "article_id", ("word_count",), ())
    table, manifest = decode(ARTICLES, store.objects[KEY], KEY)
    reversed_rows = with_value("word_count", 9)(table)
    store.objects[KEY] = encode(upside_down, reversed_rows, looked_at=manifest.looked_at)
    assert only_fault(store) == Fault(KEY, "rows are not sorted by published_at, article_id")


def test_a_footer_that_says_something_else(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    table, manifest = decode(ARTICLES, store.objects[KEY], KEY)
    with monkeypatch.context() as patch:
        patch.setattr(
            "infra.lake.partition._distinct",
            lambda table, column: (7,) if column == "parser_version" else ("invented",),
        )
        store.objects[KEY] = encode(ARTICLES, table, looked_at=manifest.looked_at)
    assert only_fault(store) == Fault(KEY, "the footer does not say what the rows say")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("url", "https://gazette.example/x", "is not the identity that its capture gives"),
        ("capture_uri", "raw/gone.warc.gz", "points to a capture that cannot be read"),
    ],
)
def test_l11_a_rejection_that_does_not_say_what_it_is(column: str, value: str, said: str, store: MemoryStore) -> None:
    altered(store, REJECTS_KEY, with_value(column, value), REJECTS)
    assert said in only_fault(store).fault


def test_l11_times_of_rejections_that_do_not_follow_from_its_captures_are_found(store: MemoryStore) -> None:
    altered(store, REJECTS_KEY, with_value("last_seen_at", NOON), REJECTS)
    assert only_fault(store) == Fault(REJECTS_KEY, "last_seen_at is not what the captures of each page say")
    altered(store, REJECTS_KEY, with_value("last_seen_at", None), REJECTS)  # as newslake's first version left it
    assert faults(store) == []


def test_an_object_that_is_no_partition(store: MemoryStore) -> None:
    store.objects["articles/source=gazette/articles.parquet"] = b""
    assert only_fault(store).fault.startswith("is no partition: ")


def test_an_article_of_another_shard_is_found(store: MemoryStore) -> None:
    ingest(store, [capture(8)], "r3", source="web")
    (key,) = (key for key in store.objects if key.startswith("articles/source=web/"))
    shard = key.rsplit(".", 2)[1]
    store.objects[key.replace(f".{shard}.", ".00.")] = store.objects.pop(key)
    assert any(fault.fault.endswith(f"is of shard {shard}") for fault in faults(store))


def test_rows_that_an_ingest_left_behind_are_named(store: MemoryStore) -> None:
    StagingLake(store).land([landed(50)])
    assert only_fault(store).fault == "has rows of an ingest that did not end: `newslake maintain` lands them"
    land_staged(Lake(store))
    assert all("points to" in fault.fault for fault in faults(store))  # nobody has archived its page

"""SQL over the lake: the same answers from a folder and from elsewhere, and nothing but the lake in reach."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from typing_extensions import override

from infra.base.errors import NewslakeError, UsageError
from infra.lake.lake import Lake
from infra.lake.partition import FOOTER_KEY, Manifest
from infra.lake.query import Selection, run_query
from infra.store.local_store import LocalStore
from infra.store.object_store import ObjectStore, Stored
from tests.lake_samples import NOON, landed, rejected
from tests.memory_store import MemoryStore
from tests.tables import table

DAY = "2024-05-01"


@pytest.fixture(params=["folder", "elsewhere"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """A folder whose name holds all that SQL and globs might trip over, and a store that is no folder."""
    return LocalStore(tmp_path / "it's [a] lake*") if request.param == "folder" else MemoryStore()


def rows(store: ObjectStore, sql: str) -> list[dict[str, Any]]:
    answered: list[dict[str, Any]] = run_query(store, sql).to_pylist()
    return answered


def test_articles_have_source_date_and_text(store: ObjectStore) -> None:
    later = landed(2, source="007", published_at=NOON + timedelta(days=1))
    Lake(store).land([landed(0), landed(1, published_at=None), later])
    assert rows(store, "SELECT source, date, title, text FROM articles ORDER BY title") == [
        {
            "source": source,
            "date": day,
            "title": f"Ferry {number} leaves late",
            "text": f"The boat {number} waited.\n\nFog.",
        }
        for number, (source, day) in enumerate(
            [("gazette", date(2024, 5, 1)), ("gazette", None), ("007", date(2024, 5, 2))]
        )
    ]


def test_sums_are_numbers(store: ObjectStore) -> None:
    assert rows(store, "SELECT sum(x) AS n FROM (VALUES (1), (2)) t(x)") == [{"n": 3}]
    (most,) = rows(store, "SELECT sum(x) AS n FROM (VALUES (9223372036854775807), (1)) t(x)")
    assert most["n"] == 2**63


def test_an_empty_lake_has_the_tables_with_no_rows(store: ObjectStore) -> None:
    full = MemoryStore()
    Lake(full).land([landed(0)], [rejected(1)])
    for view in ("articles", "rejects"):
        empty = run_query(store, f"FROM {view}")
        assert empty.num_rows == 0
        described = [
            {row["column_name"]: row["column_type"] for row in rows(each, f"DESCRIBE {view}")} for each in (store, full)
        ]
        assert described[0] == described[1]


@pytest.mark.parametrize(("sql", "said"), table("query")["said"])
def test_what_duckdb_says_is_one_line(sql: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        run_query(MemoryStore(), sql)
    assert "\n" not in str(caught.value)
    assert "LINE 1" not in str(caught.value)


@pytest.mark.parametrize("sql", table("query")["refused"])
def test_only_one_statement_that_reads_is_taken(sql: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the query is not one SELECT"):
        run_query(LocalStore(tmp_path), sql)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("reader", ["read_text", "glob", "read_parquet"])
def test_nothing_outside_of_the_lake_can_be_read(reader: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    with pytest.raises(UsageError, match="Permission Error"):
        run_query(LocalStore(tmp_path / "lake"), f"FROM {reader}('{secret}')")


@pytest.mark.parametrize("body", [b"not parquet at all, but long enough", b"short"])
def test_l11_a_damaged_file_is_named(store: ObjectStore, body: bytes) -> None:
    key = f"articles/source=gazette/date={DAY}/articles.parquet"
    store.put(key, body, if_match=None)
    with pytest.raises(NewslakeError, match=rf"The articles of the lake cannot be read: .*{key}.*newslake verify"):
        run_query(store, "SELECT count(*) FROM articles")


def test_l07_files_of_an_older_schema_give_nulls_for_newer_columns(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    Lake(store).land([], [rejected(0), rejected(1, captured_at=NOON + timedelta(days=1))])
    older = tmp_path / "rejects" / "source=gazette" / f"date={DAY}" / "rejects.parquet"
    table = pq.ParquetFile(older).read().drop_columns(["last_seen_at"])
    said = {FOOTER_KEY: orjson.dumps(Manifest(schema_version=1, rows=1))}
    pq.write_table(table.replace_schema_metadata(said), older)
    newer = {"last_seen_at": NOON + timedelta(days=1)}
    assert rows(store, "SELECT last_seen_at FROM rejects ORDER BY date") == [{"last_seen_at": None}, newer]


class TestSelection:
    """Views of some partitions only; the rest is neither listed nor read."""

    @pytest.fixture
    def lake(self, store: ObjectStore) -> ObjectStore:
        """Two sources, three days and an undated article; a rejection of each of two days."""
        next_day, third = NOON + timedelta(days=1), NOON + timedelta(days=2)
        articles = [
            landed(0),
            landed(1, published_at=next_day),
            landed(2, published_at=third),
            landed(3, published_at=None),
            landed(4, source="herald", published_at=next_day),
        ]
        rejects = [rejected(5, captured_at=NOON), rejected(6, captured_at=next_day)]
        Lake(store).land(articles, rejects)
        return store

    @pytest.mark.parametrize(
        ("selection", "titles"),
        [
            (Selection(), [0, 1, 2, 3, 4]),
            (Selection("gazette"), [0, 1, 2, 3]),
            (Selection(start=date(2024, 5, 2)), [1, 2, 4]),
            (Selection("gazette", date(2024, 5, 2), date(2024, 5, 3)), [1]),
            (Selection("absent"), []),
        ],
        ids=str,
    )
    def test_articles_of_a_source_and_of_days(self, lake: ObjectStore, selection: Selection, titles: list[int]) -> None:
        found = run_query(lake, "SELECT title FROM articles ORDER BY title", selection).to_pylist()
        assert [row["title"] for row in found] == [f"Ferry {number} leaves late" for number in titles]


def test_an_object_deleted_while_it_is_copied_is_named() -> None:
    class Shrinking(MemoryStore):
        @override
        def get(self, key: str) -> Stored | None:
            return None if key.startswith("articles/") and self.objects.get(key) else super().get(key)

    store = Shrinking()
    store.objects[f"articles/source=gazette/date={DAY}/articles.parquet"] = b"x"
    with pytest.raises(NewslakeError, match=r"articles\.parquet in memory was deleted while it was read"):
        run_query(store, "FROM articles")

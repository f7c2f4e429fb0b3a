"""The folder as it is, read by those who know nothing of newslake: equal types and values in every reader."""

from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, Coverage
from infra.store.local_store import LocalStore
from parsers.record.article import NULL_PARTITION, Image
from tests.lake_samples import NOON, landed

IMAGES = (Image("https://gazette.example/a.jpg", "A", "Ann"), Image("https://gazette.example/b.jpg"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three sources, two days, an undated article, and a day on which there was nothing."""
    root = tmp_path_factory.mktemp("lake")
    articles = [
        landed(0),
        landed(1, images=IMAGES, modified_at=NOON + timedelta(microseconds=1)),
        landed(2, published_at=None, images=(), authors=(), http_status=None),
        landed(3, source="herald", published_at=NOON + timedelta(days=1)),
        landed(4, source="007", published_at=NOON + timedelta(days=1)),
    ]
    Lake(LocalStore(root)).land(articles, coverage={("herald", "2024-05-01"): Coverage(0)}, mode="live")
    return root / "articles"


def test_duckdb(folder: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        read = f"FROM read_parquet('{folder}/*/*/*.parquet', hive_partitioning = true)"
        types = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE {read}").fetchall()}
        (times,) = connection.sql(f"SELECT list(published_at ORDER BY published_at) {read}").fetchall()
        (images,) = connection.sql(f"SELECT images[1].url {read} WHERE len(images) = 2").fetchall()
    assert types["published_at"] == types["captured_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["images"] == "STRUCT(url VARCHAR, caption VARCHAR, credit VARCHAR)[]"
    assert (types["word_count"], types["capture_offset"], types["date"]) == ("INTEGER", "BIGINT", "DATE")
    assert times[0][0].astimezone(UTC) == NOON
    assert images == (IMAGES[0].url,)


def test_polars(folder: Path) -> None:
    frame = pl.scan_parquet(folder, hive_partitioning=True, try_parse_hive_dates=True).collect()
    struct = pl.Struct({"url": pl.String, "caption": pl.String, "credit": pl.String})
    assert frame.schema["published_at"] == pl.Datetime("us", "UTC")
    assert frame.schema["images"] == pl.List(struct)
    assert frame.schema["authors"] == pl.List(pl.String)
    assert frame.schema["word_count"] == pl.Int32()
    assert frame.schema["capture_offset"] == pl.Int64()
    assert frame.filter(pl.col("images").list.len() == 2)["images"].to_list()[0][1] == {
        "url": IMAGES[1].url,
        "caption": None,
        "credit": None,
    }


def test_the_readers_agree_on_every_value(folder: Path) -> None:
    by_pyarrow = ds.dataset(folder, partitioning="hive").to_table().select(ARTICLES.schema.names)
    assert by_pyarrow.schema.types == ARTICLES.schema.types
    by_polars = pl.scan_parquet(folder, hive_partitioning=True).select(ARTICLES.schema.names).collect().to_dicts()
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        read = connection.read_parquet(f"{folder}/*/*/*.parquet", hive_partitioning=True)
        by_duckdb = read.select("* EXCLUDE (source, date)").to_arrow_table().to_pylist()
    expected = _by_id(by_pyarrow.to_pylist())
    assert _by_id(by_polars) == expected
    assert _by_id(by_duckdb) == expected


def test_an_empty_day_is_a_file_without_rows(folder: Path) -> None:
    table = pq.ParquetFile(folder / "source=herald" / "date=2024-05-01" / "articles.parquet").read()
    assert table.num_rows == 0
    assert table.schema.equals(ARTICLES.schema)
    assert (folder / "source=gazette" / f"date={NULL_PARTITION}").is_dir()


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["article_id"]: row for row in rows}

"""The folder as it is, read by the plain call of those who know nothing of newslake: equal rows and types in each."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES
from infra.store.local_store import LocalStore
from infra.upkeep.repair import plan_repairs, upgrade
from parsers.record.article import Block, BlockType, Image
from tests.lake_samples import NOON, article, landed
from tests.old_lakes import written_by_version_2

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
    Lake(LocalStore(root)).land(articles, looked_at=[("herald", "2024-05-01")])
    return root / "articles"


def test_blocks_are_cut_out_of_the_text_by_code_points_in_every_reader(tmp_path: Path) -> None:
    blocks = [
        "\U0001f600 in M\u00fcnchen",
        "e\u0323\u0301 \U0001f1eb\U0001f1f7 \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "end",
    ]
    body = tuple(Block(BlockType.LIST_ITEM, text) for text in blocks)
    Lake(LocalStore(tmp_path)).land([landed(0, body=body)])
    folder = tmp_path / "articles"
    (row,) = pd.read_parquet(folder, dtype_backend="pyarrow").to_dict("records")
    assert [row["text"][span["start"] : span["end"]] for span in row["body"]] == blocks
    spans = pl.read_parquet(folder).explode("body").unnest("body")
    assert (
        spans.select(pl.col("text").str.slice("start", pl.col("end") - pl.col("start"))).to_series().to_list() == blocks
    )
    read = f"FROM '{folder}/**/*.parquet'"
    with duckdb.connect() as connection:
        cut = connection.sql(f"SELECT [substring(text, span.start + 1, span.end - span.start) FOR span IN body] {read}")
        assert cut.fetchall() == [(blocks,)]


def test_an_older_file_beside_new_ones_is_an_error_and_no_articles_without_text(tmp_path: Path) -> None:
    """Readers take the schema of the first file: of both orders, none gives nulls for texts that are there."""
    for days_later in (0, 1):
        root = tmp_path / str(days_later)
        Lake(LocalStore(root)).land([landed(0), landed(1, published_at=NOON + timedelta(days=1))])
        key = ARTICLES.key("gazette", f"2024-05-0{1 + days_later}")
        (root / key).write_bytes(written_by_version_2((root / key).read_bytes(), key))
        with pytest.raises(pa.ArrowTypeError):
            pd.read_parquet(root / "articles")
        with pytest.raises(pl.exceptions.SchemaError):
            pl.read_parquet(root / "articles")
        read = f"FROM '{root}/articles/**/*.parquet'"
        with duckdb.connect() as connection, pytest.raises(duckdb.Error):
            connection.execute(f"SELECT text {read}").fetchall()
        upgrade(LocalStore(root), plan_repairs(LocalStore(root), now=datetime.now(UTC)).old)
        assert sorted(pd.read_parquet(root / "articles")["text"]) == [article(number).text for number in range(2)]


def test_the_readers_agree_on_every_value(folder: Path) -> None:
    by_pyarrow = ds.dataset(folder, partitioning="hive").to_table().select(ARTICLES.schema.names)
    by_polars = pl.scan_parquet(folder).select(ARTICLES.schema.names).collect().to_dicts()
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        read = connection.read_parquet(f"{folder}/*/*/*.parquet", hive_partitioning=True)
        by_duckdb = read.select("* EXCLUDE (source, date)").to_arrow_table().to_pylist()
    expected = _by_id(by_pyarrow.to_pylist())
    assert _by_id(by_polars) == expected
    assert _by_id(by_duckdb) == expected


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["article_id"]: row for row in rows}

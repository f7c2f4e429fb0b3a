"""The Arrow schema made from the dataclasses, and the strictness of the conversion."""

import dataclasses
from datetime import datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest

from infra.base.errors import NewslakeError
from infra.lake import schema
from infra.lake.partition import ARTICLES, REJECTS
from infra.lake.schema import ARTICLE_COLUMNS, REJECT_COLUMNS, conform, to_table, with_blocks
from parsers.record.article import SCHEMA_VERSION, Article, Block, BlockType, Provenance
from tests.lake_samples import broken, landed


def test_every_field_but_the_partition_column_is_a_column_in_order() -> None:
    fields = [field.name for record in (Article, Provenance) for field in dataclasses.fields(record)]
    assert ARTICLES.schema.names == [name for name in fields if name != "source"]
    assert "source" not in REJECTS.schema.names


def test_every_column_carries_its_doc_and_the_schema_its_version() -> None:
    for table in (ARTICLES.schema, REJECTS.schema):
        assert all(field.metadata[b"doc"] for field in table)
        assert table.metadata == {b"newslake.schema_version": str(SCHEMA_VERSION).encode()}


def test_rows_come_back_as_they_went_in() -> None:
    article, record = landed(3)
    table, wrong = to_table([(article, record)], ARTICLE_COLUMNS)
    assert wrong == []
    assert table.schema.equals(ARTICLES.schema, check_metadata=True)
    (row,) = table.to_pylist()
    assert row["title"] == article.title
    assert row["text"] == article.text
    assert [(span["type"], row["text"][span["start"] : span["end"]]) for span in row["body"]] == [
        (block.type.value, block.text) for block in article.body
    ]
    assert with_blocks(table)["body"].to_pylist() == [[dataclasses.asdict(block) for block in article.body]]
    assert row["authors"] == list(article.authors)
    assert row["published_at"] == article.published_at
    assert row["capture_uri"] == record.capture_uri


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", "half a pair \ud83d"),
        ("title", 5),
        ("title", b"bytes"),
        ("text", "\udfff"),
        ("authors", "Ann Ode"),
        ("authors", ("Ann", None)),
        ("published_at", datetime(2024, 5, 1)),  # noqa: DTZ001 - naive on purpose
        ("published_at", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=3)))),
        ("word_count", 2**31),
        ("word_count", True),
        ("http_status", "200"),
    ],
)
def test_l01_one_bad_record_does_not_sink_the_others(column: str, value: Any) -> None:
    wrong_row = broken(1, body=(Block(BlockType.LEAD, value),)) if column == "text" else broken(1, **{column: value})
    rows = [landed(0), wrong_row, landed(2)]
    table, wrong = to_table(rows, ARTICLE_COLUMNS)
    assert table["title"].to_pylist() == ["Ferry 0 leaves late", "Ferry 2 leaves late"]
    assert [index for index, _ in wrong] == [1]
    assert wrong[0][1].startswith(f"{column}: ")


class TestConform:
    """L07: columns may be added, with a default and a new version; nothing else may change."""

    table, _ = to_table([landed(0)], ARTICLE_COLUMNS)

    def test_l07_columns_added_since_get_their_defaults(self) -> None:
        @dataclasses.dataclass
        class Wider:
            title: str = dataclasses.field(metadata={"doc": "as ever"})
            mood: str | None = dataclasses.field(default=None, metadata={"doc": "new", "since": 3})
            tags: tuple[str, ...] = dataclasses.field(default=(), metadata={"doc": "new", "since": 3})

        columns = schema._columns(Wider)
        wider = pa.Table.from_arrays([pa.array(["A"])], names=["title"]).cast(schema.schema_of(columns[:1]))
        read = conform(wider, 2, columns, "x")
        assert read.schema.equals(schema.schema_of(columns))
        assert read.to_pylist() == [{"title": "A", "mood": None, "tags": []}]
        with pytest.raises(NewslakeError, match="x has no column mood"):
            conform(wider, 3, columns, "x")

    @pytest.mark.parametrize(
        ("version", "other", "said"),
        [
            (SCHEMA_VERSION, table.drop_columns(["genre"]), "x has no column genre"),
            (1, table.drop_columns(["fidelity"]), "x has no column fidelity"),
            (SCHEMA_VERSION, table.append_column("mood", table["title"]), "columns that no schema has: mood"),
            (SCHEMA_VERSION - 1, table.set_column(0, table.field(0).name, pa.array([5])), "is int64, not string"),
        ],
        ids=["missing", "missing in old", "unknown", "other type"],
    )
    def test_l07_other_columns_are_refused(self, version: int, other: pa.Table, said: str) -> None:
        with pytest.raises(NewslakeError, match=said):
            conform(other, version, ARTICLE_COLUMNS, "x")

    @pytest.mark.parametrize("column", [*ARTICLE_COLUMNS, *REJECT_COLUMNS], ids=lambda column: column.name)
    def test_l07_a_column_that_came_later_has_a_default_for_older_files(self, column: schema.Column) -> None:
        assert column.since == 1 or (column.since <= SCHEMA_VERSION and column.default is not dataclasses.MISSING)

    def test_l07_bodies_that_held_their_text_give_it_to_a_column(self) -> None:
        assert conform(with_blocks(self.table), 2, ARTICLE_COLUMNS, "x").equals(self.table)
        with pytest.raises(NewslakeError, match="x: column body is list"):
            conform(with_blocks(self.table), SCHEMA_VERSION, ARTICLE_COLUMNS, "x")

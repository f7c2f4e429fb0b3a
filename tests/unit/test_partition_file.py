"""A partition replaced a row group at a time is the one that would be made of all rows at once."""

import io
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.base.errors import NewslakeError
from infra.lake.partition import ARTICLES, ROW_GROUP_ROWS, Coverage, decode, encode
from infra.lake.partition_file import HELD_GROUPS, PartitionFile
from infra.lake.schema import to_table
from tests.lake_samples import NOON, landed

ROWS = 2 * ROW_GROUP_ROWS + 300
OLD = 2 * ROW_GROUP_ROWS + 100  # of the rows, those that are in the old partition: the others may be added
SEEN = {"live": Coverage(3, 3, 3)}


def table_of(count: int) -> Any:
    table, wrong = to_table(
        # Two at a time share their second; the last fifty have no time, which sorts them last.
        [landed(n, published_at=NOON + timedelta(seconds=n * 7 % ROWS // 2) if n < count - 50 else None)
         for n in range(count)],
        ARTICLES.columns,
    )  # fmt: skip
    assert wrong == []
    return table


ALL = table_of(ROWS)
BODY = encode(ARTICLES, ALL.slice(0, OLD), {})
STORED, _ = decode(ARTICLES, BODY, "x")


@settings(max_examples=15)
@given(
    removed=st.sets(st.integers(0, OLD - 1), max_size=5) | st.just(set(range(ROW_GROUP_ROWS))),
    added=st.sets(st.integers(OLD, ROWS - 1), max_size=5) | st.just(set(range(OLD, ROWS))),
)
def test_the_bytes_are_those_of_all_rows_at_once(removed: set[int], added: set[int]) -> None:
    file = PartitionFile(ARTICLES, BODY, "x")
    new = ALL.take(pa.array(sorted(added), pa.int64()))
    staying = STORED.take(pa.array([row for row in range(OLD) if row not in removed], pa.int64()))
    at_once = encode(ARTICLES, pa.concat_tables([staying, new]), SEEN)
    assert file.replaced(sorted(removed), new, SEEN) == at_once


def test_nothing_left_is_an_empty_partition() -> None:
    file = PartitionFile(ARTICLES, BODY, "x")
    empty = ARTICLES.schema.empty_table()
    assert file.replaced(range(OLD), empty, SEEN) == encode(ARTICLES, empty, SEEN)


def test_a_partition_that_is_not_sorted_is_sorted_when_it_is_replaced() -> None:
    sink = io.BytesIO()
    manifest = pq.read_metadata(io.BytesIO(BODY)).metadata
    with pq.ParquetWriter(sink, STORED.schema, store_schema=False) as writer:
        writer.write_table(STORED.take(pa.array(range(OLD - 1, -1, -1))), row_group_size=700)
        writer.add_key_value_metadata({"newslake": manifest[b"newslake"]})
    file = PartitionFile(ARTICLES, sink.getvalue(), "x")
    assert file.replaced([], ARTICLES.schema.empty_table(), {}) == BODY


def test_rows_are_taken_by_their_places() -> None:
    places = [0, 5, ROW_GROUP_ROWS, OLD - 1]
    file = PartitionFile(ARTICLES, BODY, "x")
    assert file.take(places).equals(STORED.take(pa.array(places)))
    assert file.take([]).num_rows == 0
    assert file.columns(["article_id"]).equals(STORED.select(["article_id"]))


def test_only_a_few_row_groups_are_held_at_once() -> None:
    file = PartitionFile(ARTICLES, BODY, "x")
    file.take(range(OLD))
    assert len(file._held) == HELD_GROUPS < file._file.num_row_groups


def test_there_may_be_no_partition() -> None:
    file = PartitionFile(ARTICLES, None, "x")
    assert (file.rows, file.columns(["url"]).num_rows, file.take([]).num_rows) == (0, 0, 0)
    assert file.replaced([], STORED, {}) == BODY


@pytest.mark.parametrize("cut", [slice(0), slice(100), slice(None, -1)])
def test_l11_damaged_bytes_are_refused_by_name(cut: slice) -> None:
    with pytest.raises(NewslakeError, match=r"^articles/x is damaged or was not written by newslake"):
        PartitionFile(ARTICLES, BODY[cut], "articles/x")


def test_l11_damage_in_the_middle_is_found_when_it_is_read_and_nothing_is_replaced() -> None:
    group = pq.read_metadata(io.BytesIO(BODY)).row_group(1)
    offset = min(group.column(number).data_page_offset for number in range(group.num_columns))
    file = PartitionFile(ARTICLES, BODY[:offset] + b"\xff" * 5000 + BODY[offset + 5000 :], "articles/x")
    file.take([0])
    with pytest.raises(NewslakeError, match=r"^articles/x is damaged or was not written by newslake"):
        file.replaced([], STORED.slice(0, 0), {})


def test_l11_one_flipped_bit_is_refused_in_any_column_and_so_never_landed_again() -> None:
    group = pq.read_metadata(io.BytesIO(BODY)).row_group(0)
    for number in range(group.num_columns):
        column = group.column(number)
        flipped = bytearray(BODY)
        flipped[column.data_page_offset + column.total_compressed_size - 1] ^= 1  # in the values
        with pytest.raises(NewslakeError, match=r"^articles/x is damaged or was not written by newslake"):
            PartitionFile(ARTICLES, bytes(flipped), "articles/x").take([0])
        with pytest.raises(NewslakeError, match=r"^articles/x is damaged or was not written by newslake"):
            decode(ARTICLES, bytes(flipped), "articles/x")


def test_l11_fewer_rows_than_the_footer_says() -> None:
    manifest = pq.read_metadata(io.BytesIO(BODY)).metadata[b"newslake"]
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, STORED.schema, store_schema=False) as writer:
        writer.write_table(STORED.slice(0, 1))
        writer.add_key_value_metadata({"newslake": manifest})
    with pytest.raises(NewslakeError, match=f"1 rows, the footer says {OLD}"):
        PartitionFile(ARTICLES, sink.getvalue(), "x")


def test_l07_columns_of_another_schema_are_refused_before_anything_is_read() -> None:
    manifest = pq.read_metadata(io.BytesIO(BODY)).metadata[b"newslake"]
    sink = io.BytesIO()
    table = STORED.drop_columns(["title"])
    with pq.ParquetWriter(sink, table.schema, store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"newslake": manifest})
    with pytest.raises(NewslakeError, match="x has no column title"):
        PartitionFile(ARTICLES, sink.getvalue(), "x")


def _in_french(rows: Any) -> Any:
    place = rows.schema.get_field_index("language")
    return rows.set_column(place, rows.schema.field(place), pa.array(["fr"] * rows.num_rows, pa.string()))


def test_altered_rows_are_in_the_bytes_of_all_rows_at_once() -> None:
    body = encode(ARTICLES, STORED, SEEN)
    assert PartitionFile(ARTICLES, body, "x").altered(_in_french) == encode(ARTICLES, _in_french(STORED), SEEN)


def test_no_rows_are_altered_to_none() -> None:
    body = encode(ARTICLES, ARTICLES.schema.empty_table(), SEEN)
    assert PartitionFile(ARTICLES, body, "x").altered(_in_french) == body


def test_row_groups_are_all_rows_in_order() -> None:
    groups = list(PartitionFile(ARTICLES, BODY, "x").groups())
    assert [group.num_rows for group in groups] == [ROW_GROUP_ROWS, ROW_GROUP_ROWS, 100]
    assert pa.concat_tables(groups).equals(STORED)
    assert list(PartitionFile(ARTICLES, None, "x").groups()) == []

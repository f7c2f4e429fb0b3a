"""One object a partition: stable bytes, a footer that says what is in it, and refusal of what is not ours."""

import io
from datetime import timedelta
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.errors import NewslakeError, UsageError
from infra.lake.partition import ARTICLES, ROW_GROUP_ROWS, Manifest, decode, encode, read_footer, said_in, stated_footer
from infra.lake.schema import to_table
from infra.store.object_store import is_valid_key
from parsers.record.article import SCHEMA_VERSION
from tests.lake_samples import NOON, Landed, landed
from tests.memory_store import MemoryStore
from tests.tables import table


def table_of(*rows: Landed) -> Any:
    table, wrong = to_table(rows, ARTICLES.columns)
    assert wrong == []
    return table


def with_manifest(body: bytes, manifest: bytes | None) -> bytes:
    """The same rows under another manifest."""
    table = pq.read_table(io.BytesIO(body))
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, table.schema, store_schema=False) as writer:
        writer.write_table(table)
        if manifest is not None:
            writer.add_key_value_metadata({"newslake": manifest})
    return sink.getvalue()


def manifest_in(store: MemoryStore, size: int) -> Manifest:
    return said_in(stated_footer(read_footer(store, "p", size), "p"), Manifest, "p")


def test_rows_and_manifest_come_back() -> None:
    table = table_of(landed(1), landed(2, parser_version=3, run_id="b"))
    read, manifest = decode(ARTICLES, encode(ARTICLES, table, looked_at=True), "x")
    assert read.equals(table)
    assert manifest == Manifest(
        schema_version=SCHEMA_VERSION,
        rows=2,
        looked_at=True,
        parser_versions=(1, 3),
        capture_uris=("raw/source=gazette/date=2024-05-01/r1-w0-0.warc.gz",),
    )


def test_rows_are_sorted_by_time_then_identity_and_the_footer_says_so() -> None:
    late, early = landed(5), landed(1)
    twin = landed(9, published_at=early[0].published_at)
    body = encode(ARTICLES, table_of(late, twin, early))
    read, _ = decode(ARTICLES, body, "x")
    first_two = sorted([early[0].article_id, twin[0].article_id])
    assert read["article_id"].to_pylist() == [*first_two, late[0].article_id]
    group = pq.ParquetFile(io.BytesIO(body)).metadata.row_group(0)
    names = [group.column(column.column_index).path_in_schema for column in group.sorting_columns]
    assert names == ["published_at", "article_id"]


def test_files_are_zstd_in_groups_of_a_thousand_with_bloom_filters_and_without_partition_columns() -> None:
    rows = [landed(number) for number in range(ROW_GROUP_ROWS + 1)]
    file = pq.ParquetFile(io.BytesIO(encode(ARTICLES, table_of(*rows))))
    assert [file.metadata.row_group(group).num_rows for group in range(2)] == [ROW_GROUP_ROWS, 1]
    assert not {"source", "date"} & set(file.schema_arrow.names)
    group = file.metadata.row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    assert {column.compression for column in columns} == {"ZSTD"}
    assert {column.path_in_schema for column in columns if column.bloom_filter_offset} == {"article_id", "url"}


class TestDamage:
    """L11: what is not a partition of ours is refused by name, with the remedy."""

    body = encode(ARTICLES, table_of(landed(1)), looked_at=True)

    @pytest.mark.parametrize(
        "manifest",
        [
            None,
            b"{",
            b"[]",
            b"{}",
            b'{"schema_version": "1", "rows": 1}',
            b'{"schema_version": 1, "rows": 1, "coverage": {"live": {"seen": 1}}}',
        ],
    )
    def test_l11_a_footer_that_is_not_ours(self, manifest: bytes | None) -> None:
        with pytest.raises(NewslakeError, match="x is damaged"):
            decode(ARTICLES, with_manifest(self.body, manifest), "x")

    def test_l11_fewer_rows_than_the_footer_says(self) -> None:
        _, manifest = decode(ARTICLES, self.body, "x")
        stated = orjson.loads(orjson.dumps(manifest)) | {"rows": 7}
        with pytest.raises(NewslakeError, match="1 rows, the footer says 7"):
            decode(ARTICLES, with_manifest(self.body, orjson.dumps(stated)), "x")

    def test_l07_a_newer_schema_is_refused_whatever_else_its_manifest_says(self) -> None:
        newer = with_manifest(self.body, b'{"schema_version": 99, "rows": 1, "coverage": "of another shape"}')
        with pytest.raises(
            NewslakeError,
            match=rf"^x has schema version 99, this newslake knows {SCHEMA_VERSION}\. Upgrade newslake\.$",
        ):
            decode(ARTICLES, newer, "x")


class TestReadManifest:
    """The footer is read from the end of the object, whatever its size."""

    @pytest.mark.parametrize("rows", [0, 1, 3 * ROW_GROUP_ROWS])
    def test_it_says_what_the_whole_object_says(self, rows: int) -> None:
        store = MemoryStore()
        published = [NOON + timedelta(seconds=number) for number in range(rows)]
        table = table_of(*(landed(number, published_at=time) for number, time in enumerate(published)))
        store.objects["p"] = encode(ARTICLES, table, looked_at=True)
        size = len(store.objects["p"])
        assert manifest_in(store, size) == decode(ARTICLES, store.objects["p"], "p")[1]
        assert store.gets == []  # a small footer costs no whole read

    def test_a_footer_larger_than_the_tail_is_read_whole(self) -> None:
        store = MemoryStore()
        uris = [landed(number, capture_uri=f"raw/{number:0400}") for number in range(200)]
        store.objects["p"] = encode(ARTICLES, table_of(*uris))
        manifest = manifest_in(store, len(store.objects["p"]))
        assert len(manifest.capture_uris) == 200
        assert store.gets == ["p"]

    def test_an_object_replaced_since_it_was_listed_is_read_whole(self) -> None:
        store = MemoryStore()
        store.objects["p"] = encode(ARTICLES, table_of(landed(1)), looked_at=True)
        assert manifest_in(store, len(store.objects["p"]) - 3).rows == 1

    @pytest.mark.parametrize("body", [b"", b"short", b"x" * 100])
    def test_l11_an_object_that_is_no_partition_is_named(self, body: bytes) -> None:
        store = MemoryStore()
        store.objects["p"] = body
        with pytest.raises(NewslakeError, match=r"^p is damaged"):
            manifest_in(store, len(body))


NO_NAMES = ("", "..", "a/b", "A", "é", "a b", "a-b", "None ", "source=a", "a" * 65, "a\n", "__HIVE_DEFAULT_PARTITION__")
NO_DAYS = ("", "..", "2024-5-1", "2024-05-01/..", "2024-05-01\n", "2024-02-30", "２０２４-05-01", "None")


@pytest.mark.parametrize(
    ("source", "date", "said"),
    [
        *((source, "2024-05-01", "is no name of a source") for source in NO_NAMES),
        *(("gazette", date, "is no day") for date in NO_DAYS),
    ],
)
def test_l06_a_source_that_is_no_name_or_a_date_that_is_no_day_is_refused(source: str, date: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ARTICLES.key(source, date)


@given(source=st.text(max_size=70), date=st.text(max_size=40))
def test_l06_no_key_leaves_its_folder(source: str, date: str) -> None:
    try:
        key = ARTICLES.key(source, date)
    except UsageError:
        return
    assert is_valid_key(key)
    assert ARTICLES.parse_key(key) == (source, date)


@pytest.mark.parametrize("key", table("urls")["no_partitions"])
def test_other_objects_are_no_partitions(key: str) -> None:
    assert ARTICLES.parse_key(key) is None


def test_l11_one_flipped_bit_is_refused_in_any_column_and_so_never_landed_again() -> None:
    body = encode(ARTICLES, table_of(*map(landed, range(20))), looked_at=True)
    group = pq.read_metadata(io.BytesIO(body)).row_group(0)
    for number in range(group.num_columns):
        column = group.column(number)
        flipped = bytearray(body)
        flipped[column.data_page_offset + column.total_compressed_size - 1] ^= 1  # in the values
        with pytest.raises(NewslakeError, match=r"^articles/x is damaged or was not written by newslake"):
            decode(ARTICLES, bytes(flipped), "articles/x")

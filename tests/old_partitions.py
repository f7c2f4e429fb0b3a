"""Partitions as newslake wrote them until schema version 2: blocks with their text, undated articles in Hive's null."""

import io

import orjson
import pyarrow.parquet as pq

from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, FOOTER_KEY, decode
from infra.lake.schema import with_blocks
from parsers.record.article import NULL_PARTITION
from tests.lake_samples import SOURCE, Landed
from tests.memory_store import MemoryStore

UNDATED = ARTICLES.key(SOURCE, NULL_PARTITION)
OLD_UNDATED = f"articles/source={SOURCE}/date=__HIVE_DEFAULT_PARTITION__/articles.parquet"


def old_lake(*articles: Landed) -> MemoryStore:
    """Articles of the sample paper, landed by a newslake of schema version 2."""
    store = MemoryStore()
    Lake(store).land(articles)
    for key in list(store.objects):
        if ARTICLES.parse_key(key):
            body = written_by_version_2(store.objects.pop(key), key)
            store.objects[OLD_UNDATED if key == UNDATED else key] = body
    store.puts.clear()
    return store


def written_by_version_2(body: bytes, key: str) -> bytes:
    """A partition of today with the columns of then."""
    table, _ = decode(ARTICLES, body, key)
    manifest = orjson.loads(pq.read_metadata(io.BytesIO(body)).metadata[FOOTER_KEY]) | {"schema_version": 2}
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, with_blocks(table).schema, store_schema=False) as writer:
        writer.write_table(with_blocks(table))
        writer.add_key_value_metadata({FOOTER_KEY: orjson.dumps(manifest)})
    return sink.getvalue()

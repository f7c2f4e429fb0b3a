"""What earlier versions wrote: partitions of schema version 2, and captures whose body lies in another record."""

import io
import json
from dataclasses import asdict, replace

import orjson
import pyarrow.parquet as pq
from warcio.utils import Digester

from infra.archive import warc
from infra.archive.raw_archive import INDEX_SUFFIX, RawArchive, beside, folder_key
from infra.archive.raw_index import IndexEntry, Pointer, write_index
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, FOOTER_KEY, decode
from infra.lake.schema import with_blocks
from infra.store.object_store import ObjectStore
from parsers.record.article import NULL_PARTITION
from parsers.record.capture import Capture
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


def encode_revisit(capture: Capture, original: IndexEntry) -> bytes:
    """The `revisit` record of a capture as one gzip member; `original` has the same body of the same address."""
    digest = Digester("sha1")
    digest.update(capture.body)
    headers = warc._fields("revisit", capture)
    first = dict(warc._fields("response", replace(capture, captured_at=original.captured_at)))
    headers += [
        ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
        ("WARC-Payload-Digest", str(digest)),
        ("WARC-Refers-To", first["WARC-Record-ID"]),
        ("WARC-Refers-To-Target-URI", dict(headers)["WARC-Target-URI"]),
        ("WARC-Refers-To-Date", warc._warc_date(original.captured_at)),
        (warc.ORIGINAL_FIELD, json.dumps(asdict(original.pointer), separators=(",", ":"))),
    ]
    if capture.http_status is None:
        return warc._member(headers, b"", None)
    # 6.7.2: the block is that of a response which is cut off where the body would begin.
    return warc._member([*headers, ("WARC-Truncated", "length")], b"", warc._http_head(capture))


def archive_revisit(store: ObjectStore, capture: Capture, run_id: str, source: str) -> Pointer:
    """Archive a capture as a revisit of the first one of its address that is archived whole."""
    original = next(
        each for each in RawArchive(store).entries(source) if each.url == capture.url and each.original is None
    )
    key = f"{folder_key(source, capture.captured_at.date())}{run_id}-w-00000.warc.gz"
    info, member = warc.encode_info("test", capture.captured_at), encode_revisit(capture, original)
    place = Pointer(key, len(info), len(member))
    entry = IndexEntry.of(source, capture, place, original.pointer)
    store.put(key, info + member, if_match=None)
    store.put(beside(key, INDEX_SUFFIX), write_index([replace(entry, digest=original.digest)]), if_match=None)
    return place

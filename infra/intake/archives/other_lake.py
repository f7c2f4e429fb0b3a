"""Bodies that revisit records of another lake leave out: in that lake, or in a file beside the one that is read.

A revisit names the record with its body by the key of a WARC, relative to the root of its lake. A file that still lies
where the lake has it shows where that root is; of one that was copied away, the other may have been copied too.
"""

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Final

from infra.archive.archive_records import ArchiveRecord, read_records
from infra.archive.raw_index import Pointer
from infra.archive.raw_objects import WARC_KEY
from infra.archive.warc import Revisit, content_of
from infra.base.errors import UsageError
from infra.store.object_store import ObjectStore
from infra.store.open_store import open_store
from parsers.record.capture import Capture

KEY_PARTS: Final = 4  # raw/source=<source>/date=<day>/<name>


class Originals:
    """The records that revisits in one file (a path, or `s3://bucket/key`) refer to."""

    def __init__(self, location: str) -> None:
        self._location = location
        self._places: dict[str, tuple[ObjectStore, str] | None] = {}

    def whole(self, revisit: Revisit, max_block_bytes: int) -> Capture | None:
        """The capture of a revisit with its body; None if its file is missing.

        ValueError if there is another body, a damaged one, or its record is larger than `max_block_bytes`.
        """
        original = revisit.original
        if original.uri not in self._places:
            self._places[original.uri] = next(self._found(original.uri), None)
        place = self._places[original.uri]
        if place is None:
            return None
        found = content_of(_record_at(*place, original, max_block_bytes))
        if isinstance(found, Revisit):
            raise ValueError(f"its original in {original.uri} has no body")
        return revisit.with_body(found.body)

    def _found(self, uri: str) -> Iterator[tuple[ObjectStore, str]]:
        """Where the file may be, the likeliest place first."""
        if not WARC_KEY.fullmatch(uri):  # another could lead out of the lake
            return
        candidates = [(posixpath.dirname(self._location), posixpath.basename(uri))]
        if WARC_KEY.fullmatch("/".join(self._location.split("/")[-KEY_PARTS:])):
            root = self._location
            for _ in range(KEY_PARTS):
                root = posixpath.dirname(root)
            candidates.insert(0, (root, uri))
        for folder, key in candidates:
            with suppress(UsageError):  # a name that no lake can have, such as a prefix with two slashes
                store = open_store(folder or ".")
                if any(info.key == key for info in store.list(key)):
                    yield store, key


def _record_at(store: ObjectStore, key: str, original: Pointer, max_block_bytes: int) -> ArchiveRecord:
    """The one record that lies there."""
    if original.length > max_block_bytes:
        raise ValueError(f"its original in {key} is too large: {original.length:,} bytes")
    member = store.get_range(key, original.offset, original.length)
    record = next(read_records(BytesIO(member), max_block_bytes), None)
    if not isinstance(record, ArchiveRecord) or record.problem or record.oversized:
        raise ValueError(f"its original in {key} is damaged or too large")
    return record

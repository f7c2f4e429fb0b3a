"""Reading archives from memory, for tests."""

import io
from datetime import UTC, datetime
from typing import Final

from infra.intake.archives.archived_pages import read_archive
from infra.intake.files.input_types import Input, Kept, Skipped, Unreadable
from parsers.record.capture import Capture, CapturedAtBasis

COPIED = datetime(2026, 1, 1, tzinfo=UTC)
CAPTURED = datetime(2017, 5, 10, 11, 50, tzinfo=UTC)
KNOWN = Input("crawl.warc.gz", 1, COPIED, CapturedAtBasis.MTIME, source="tass")
MAX_BYTES: Final = 100_000


def read(archive: bytes, max_page_bytes: int = MAX_BYTES) -> list[Capture | Unreadable | Skipped]:
    found = read_archive(io.BytesIO(archive), KNOWN, max_page_bytes)
    return [one.page if isinstance(one, Kept) else one for one in found]


def only(archive: bytes, max_page_bytes: int = MAX_BYTES) -> Capture | Unreadable | Skipped:
    (one,) = read(archive, max_page_bytes)
    return one


def capture(archive: bytes) -> Capture:
    one = only(archive)
    assert isinstance(one, Capture), one
    return one


def unreadable(archive: bytes, max_page_bytes: int = MAX_BYTES) -> Unreadable:
    one = only(archive, max_page_bytes)
    assert isinstance(one, Unreadable), one
    return one


def bodies(read_back: list[Capture | Unreadable | Skipped]) -> list[bytes]:
    return [one.body for one in read_back if isinstance(one, Capture)]


def details(read_back: list[Capture | Unreadable | Skipped]) -> list[str]:
    return [one.detail for one in read_back if isinstance(one, Unreadable)]

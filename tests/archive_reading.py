"""Reading archives from memory, for tests."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO, Final

from infra.archive.archive_records import Bounds, Part
from infra.intake.archived_pages import Page, read_archive, read_archive_part
from infra.intake.files.input_types import Input, Kept, Skipped, Unreadable
from parsers.record.capture import Capture, CapturedAtBasis

COPIED = datetime(2026, 1, 1, tzinfo=UTC)
CAPTURED = datetime(2017, 5, 10, 11, 50, tzinfo=UTC)
KNOWN = Input("crawl.warc.gz", 1, COPIED, CapturedAtBasis.MTIME, source="tass")
MAX_BYTES: Final = 100_000


def read(archive: bytes, max_page_bytes: int = MAX_BYTES) -> list[Capture | Unreadable | Skipped]:
    return pages_of(read_archive(io.BytesIO(archive), KNOWN, max_page_bytes))


def read_one_part(stream: BinaryIO, start: int, end: int) -> list[Capture | Unreadable | Skipped]:
    """What begins in a part of a file whose other parts are read by others."""
    return pages_of(read_archive_part(stream, KNOWN, MAX_BYTES, Part(start, end)))


def pages_of(found: Iterable[Page | Bounds]) -> list[Capture | Unreadable | Skipped]:
    return [one.page if isinstance(one, Kept) else one for one in found if not isinstance(one, Bounds)]


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

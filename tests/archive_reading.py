"""Reading archives from memory, for tests."""

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO, Final, NamedTuple

from infra.archive.archive_records import Bounds, Part
from infra.intake import captures
from infra.intake.archived_pages import read_archive
from infra.intake.files.input_types import Input, Page, Skipped
from parsers.record.capture import Capture, CapturedAtBasis
from parsers.record.outcome import RejectReason

COPIED = datetime(2026, 1, 1, tzinfo=UTC)
CAPTURED = datetime(2017, 5, 10, 11, 50, tzinfo=UTC)
KNOWN = Input("crawl.warc.gz", 1, COPIED, CapturedAtBasis.MTIME, source="tass")
MAX_BYTES: Final = 100_000


class Unreadable(NamedTuple):
    """A page that is not to be parsed."""

    reason: RejectReason
    detail: str
    location: str
    capture: Capture


Read = Capture | Unreadable | Skipped


def read(archive: bytes, max_page_bytes: int = MAX_BYTES) -> list[Read]:
    return pages_of(read_archive(io.BytesIO(archive), KNOWN, max_page_bytes))


def read_one_part(stream: BinaryIO, start: int, end: int) -> list[Read]:
    """What begins in a part of a file whose other parts are read by others."""
    return pages_of(read_archive(stream, KNOWN, MAX_BYTES, part=Part(start, end)))


def pages_of(found: Iterable[Page | Skipped | Bounds]) -> list[Read]:
    return [as_read(one) for one in found if not isinstance(one, Bounds)]


def as_read(one: Page | Skipped) -> Read:
    if isinstance(one, Skipped) or one.known is None:
        return one if isinstance(one, Skipped) else one.capture
    detail, _, location = one.known.detail.removesuffix(")").rpartition(" (")
    return Unreadable(one.known.reason, detail, location, one.capture)


def read_captures(source: Input, max_page_bytes: int = MAX_BYTES) -> Iterator[Read]:
    return iter(pages_of(captures.read_captures(source, max_page_bytes=max_page_bytes)))


def only(archive: bytes, max_page_bytes: int = MAX_BYTES) -> Read:
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


def bodies(read_back: list[Read]) -> list[bytes]:
    return [one.body for one in read_back if isinstance(one, Capture)]


def details(read_back: list[Read]) -> list[str]:
    return [one.detail for one in read_back if isinstance(one, Unreadable)]

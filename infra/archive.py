"""The raw layer: every capture byte for byte in WARC files that are written once and never changed."""

from dataclasses import dataclass
from datetime import datetime

from parsers.capture import Capture, MediaType

UNKNOWN_SOURCE = "_unknown"  # cannot be a source's name, which starts with a letter or digit: design.md, section 2


@dataclass(frozen=True, slots=True, order=True)
class Pointer:
    """Where one capture lies: enough to get it back with one ranged read.

    Attributes:
        uri: key of the WARC, relative to the lake root.
        offset: first byte of the record's gzip member.
        length: bytes of the gzip member.
    """

    uri: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class ArchivedCapture:
    """A capture and where it lies in the archive; `new` is False when the very same capture was there already."""

    capture: Capture
    pointer: Pointer
    new: bool


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line of the index beside a WARC: what can be known of a capture without reading it."""

    source: str
    url: str | None
    captured_at: datetime
    digest: str
    media_type: MediaType
    http_status: int | None
    truncated: bool
    pointer: Pointer

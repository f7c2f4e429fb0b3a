"""A capture: the bytes that a URL gave at a time, and how they were fetched."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum


class MediaType(StrEnum):
    """The kind of a capture's bytes; decides which layouts of a source are tried."""

    HTML = "text/html"
    TEXT = "text/plain"


class CapturedAtBasis(StrEnum):
    """How a capture's time is known. Only a trusted time may supply the year that a page leaves out."""

    LIVE = "live"  # newslake fetched it
    WARC = "warc"  # WARC-Date of the record
    MANIFEST = "manifest"  # a line of cases.jsonl or manifest.jsonl, or the index of a MAFF or of ArchiveBox
    TABLE = "table"  # a column of a table of pages
    SAVED = "saved"  # the saved page: MHTML, SingleFile, HTTrack, an address of the Wayback Machine
    OPTION = "option"  # --captured-at, given by the user
    MTIME = "mtime"  # modification time of the file: when it was copied, not when it was captured

    @property
    def trusted(self) -> bool:
        """Whether it is the time of the capture, not of a copy."""
        return self is not CapturedAtBasis.MTIME


@dataclass(frozen=True, slots=True)
class CaptureIdentity:
    """What makes two captures of one source the same, wherever their bytes are stored; fields as in `Capture`."""

    url: str | None
    captured_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Capture:
    """One page as it was seen, byte for byte."""

    body: bytes  # the payload after transfer and content decoding, never re-encoded
    media_type: MediaType  # judged by content rather than by a header
    captured_at: datetime  # when the bytes were fetched, aware, in UTC
    captured_at_basis: CapturedAtBasis
    url: str | None = None  # the requested address; None for text captures without one
    source: str | None = None  # name of the source if the user or the manifest gives it; None: find out
    http_status: int | None = None  # None if there was no HTTP exchange
    http_charset: str | None = None  # `charset` of the Content-Type header; a hint by the WHATWG rules
    http_headers: tuple[tuple[str, str], ...] = ()  # lines of the response, in order; empty if unknown
    request_headers: tuple[tuple[str, str], ...] = ()  # empty if newslake did not send the request
    final_url: str | None = None  # that answered after redirects; None if it is the requested one or unknown
    truncated: bool = False  # the archive or the transport reported that the body is cut short
    digest: str = field(init=False)  # `sha256:<hex>` of the body

    def __post_init__(self) -> None:
        # Taking a naive time as UTC has moved articles to other days.
        if self.captured_at.tzinfo is None:
            raise ValueError(f"captured_at of {self.url or 'a capture'} has no time zone: {self.captured_at}")
        object.__setattr__(self, "captured_at", self.captured_at.astimezone(UTC))
        object.__setattr__(self, "digest", f"sha256:{hashlib.sha256(self.body).hexdigest()}")

    def without_body(self) -> "Capture":
        """The same capture, by its digest, for those who need its bytes no more."""
        light = replace(self, body=b"")
        object.__setattr__(light, "digest", self.digest)
        return light

    @property
    def identity(self) -> CaptureIdentity:
        """The identity of this capture."""
        return CaptureIdentity(self.url, self.captured_at, self.digest)

"""A capture: the bytes got for a URL at a time, and what is known of how they were got."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class MediaType(StrEnum):
    """What a capture's bytes are; decides which layouts of a source are tried."""

    HTML = "text/html"
    TEXT = "text/plain"


class CapturedAtBasis(StrEnum):
    """How a capture's time is known. Only a trustworthy time may supply the year that a page leaves out."""

    LIVE = "live"  # we fetched it ourselves
    WARC = "warc"  # WARC-Date of the record
    MANIFEST = "manifest"  # a line of cases.jsonl or manifest.jsonl
    OPTION = "option"  # --captured-at, said by the user
    MTIME = "mtime"  # modification time of the file: says when it was copied, not when it was captured

    @property
    def trusted(self) -> bool:
        """Whether the time is that of the capture, not of a copy of it."""
        return self is not CapturedAtBasis.MTIME


@dataclass(frozen=True, slots=True)
class CaptureIdentity:
    """What makes two captures of one source the very same, wherever their bytes lie.

    Attributes:
        url: address that was asked for, None where there was none.
        captured_at: when the bytes were got, aware.
        digest: `sha256:<hex>` of the body.
    """

    url: str | None
    captured_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Capture:
    """One page as it was seen, byte for byte.

    Attributes:
        body: the payload after transfer and content decoding, as it was sent otherwise; never re-encoded.
        media_type: HTML or plain text, by content rather than by what a header claims.
        captured_at: when the bytes were got, aware, in UTC.
        captured_at_basis: how that time is known.
        url: address that was asked for; None for text captures that came without one.
        source: name of the source, where the user or the manifest says it; None = find it out.
        http_status: status code of the answer, None where there was no HTTP exchange.
        http_charset: `charset` of the Content-Type header, if any; a hint by the WHATWG rules.
        http_headers: raw header lines of the answer, as pairs, in order; empty where unknown.
        request_headers: header lines of the request that was answered, likewise; empty where we did not send it.
        final_url: address that answered, after redirects; None where it is the one that was asked for, or unknown.
        truncated: the archive or the transport said that the body is cut short.
        digest: `sha256:<hex>` of the body (RFC 6920 algorithm name); made from the body, not passed.

    Raises:
        ValueError: captured_at is naive (a naive time silently taken as UTC has moved articles to other days).
    """

    body: bytes
    media_type: MediaType
    captured_at: datetime
    captured_at_basis: CapturedAtBasis
    url: str | None = None
    source: str | None = None
    http_status: int | None = None
    http_charset: str | None = None
    http_headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, str], ...] = ()
    final_url: str | None = None
    truncated: bool = False
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        if self.captured_at.tzinfo is None:
            raise ValueError(f"captured_at of {self.url or 'a capture'} has no time zone: {self.captured_at}")
        object.__setattr__(self, "captured_at", self.captured_at.astimezone(UTC))
        object.__setattr__(self, "digest", f"sha256:{hashlib.sha256(self.body).hexdigest()}")

    @property
    def identity(self) -> CaptureIdentity:
        """What makes it the same as another."""
        return CaptureIdentity(self.url, self.captured_at, self.digest)

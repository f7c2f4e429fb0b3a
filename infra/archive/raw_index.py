"""The index beside each WARC of the raw layer: sorted CDXJ lines, one for each capture.

A line is `<SURT of the URL> <14-digit UTC time> <JSON>`, as pywb's tools read and write it; the JSON also has the exact
time and what newslake wants to know without opening the WARC. The line of a revisit says `"mime": "warc/revisit"` and,
in pywb's `orig.…` fields, where the body lies. An index only repeats its WARC: delete it, and it is made again.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from parsers.fields.urls import parse_url
from parsers.record.capture import Capture, CaptureIdentity, MediaType

REVISIT_TYPE: Final = "warc/revisit"


@dataclass(frozen=True, slots=True, order=True)
class Pointer:
    """Where one capture lies: enough to get it back with one ranged read."""

    uri: str  # key of the WARC, relative to the lake root; or the path of one that was ingested in place
    offset: int  # first byte of the record's gzip member
    length: int  # bytes of the gzip member

    @property
    def is_outside(self) -> bool:
        """Whether it lies in a file that is no part of the lake."""
        return self.uri.startswith("/")


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line of an index: what can be known of a capture without reading it."""

    source: str  # the source folder that it lies in
    url: str | None  # the address that was asked for
    captured_at: datetime  # aware, UTC, exact to the microsecond
    digest: str  # `sha256:<hex>` of the body
    media_type: MediaType
    http_status: int | None  # None without an HTTP exchange
    truncated: bool  # the body is known to be cut short
    pointer: Pointer
    original: Pointer | None = None  # where the body of a revisit lies

    @classmethod
    def of(cls, source: str, capture: Capture, pointer: Pointer, original: Pointer | None = None) -> "IndexEntry":
        """The entry of a capture at `pointer`; a revisit's body lies at `original`."""
        return cls(
            source,
            capture.url,
            capture.captured_at,
            capture.digest,
            capture.media_type,
            capture.http_status,
            capture.truncated,
            pointer,
            original,
        )

    @property
    def identity(self) -> CaptureIdentity:
        """Two captures with the same one are the same capture."""
        return CaptureIdentity(self.url, self.captured_at, self.digest)

    @property
    def rank(self) -> tuple[bool, Pointer]:
        """Of several entries of a capture everybody uses the least: one with a body, then the least pointer."""
        return self.original is not None, self.pointer


def write_index(entries: list[IndexEntry]) -> bytes:
    """The CDXJ file of one WARC, lines sorted by their bytes as binary search wants them."""
    return b"".join(sorted(_line(entry) for entry in entries))


def read_index(body: bytes, source: str, warc_key: str) -> list[IndexEntry]:
    """Read what `write_index` wrote; ValueError if a line is damaged or about another WARC."""
    try:
        return [_entry(line, source, warc_key) for line in body.splitlines()]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"index line of another form: {error!r}") from error


def _line(entry: IndexEntry) -> bytes:
    fields: dict[str, Any] = {
        "url": entry.url,
        "mime": entry.media_type.value,
        "status": entry.http_status,
        "digest": entry.digest,
        "length": entry.pointer.length,
        "offset": entry.pointer.offset,
        "filename": entry.pointer.uri.rpartition("/")[2],
        "captured_at": entry.captured_at.isoformat(timespec="microseconds"),
        "truncated": entry.truncated,
    }
    if entry.original:
        fields |= {
            "mime": REVISIT_TYPE,
            "media_type": entry.media_type.value,
            "orig.filename": entry.original.uri,
            "orig.offset": entry.original.offset,
            "orig.length": entry.original.length,
        }
    return f"{_sort_key(entry)} {timestamp_of(entry.captured_at)} {json.dumps(fields)}\n".encode()


def timestamp_of(moment: datetime) -> str:
    """A time as indexes of web archives write it."""
    return f"{moment.year:04}{moment:%m%d%H%M%S}"  # %Y has no leading zeros on Linux


def _entry(line: bytes, source: str, warc_key: str) -> IndexEntry:
    fields = json.loads(line.split(b" ", 2)[2] if line.count(b" ") > 1 else line)
    if fields["filename"] != warc_key.rpartition("/")[2]:
        raise ValueError(f"index of {fields['filename']} beside {warc_key}")
    captured_at = datetime.fromisoformat(fields["captured_at"])
    if captured_at.tzinfo is None:
        raise ValueError(f"time without zone in the index of {warc_key}")
    is_revisit = fields["mime"] == REVISIT_TYPE
    original = Pointer(fields["orig.filename"], fields["orig.offset"], fields["orig.length"]) if is_revisit else None
    return IndexEntry(
        source=source,
        url=fields["url"],
        captured_at=captured_at,
        digest=fields["digest"],
        media_type=MediaType(fields["media_type"] if is_revisit else fields["mime"]),
        http_status=fields["status"],
        truncated=fields["truncated"],
        pointer=Pointer(warc_key, fields["offset"], fields["length"]),
        original=original,
    )


def _sort_key(entry: IndexEntry) -> str:
    """SURT: `com,example)/path?query`, so that the pages of a site stand together. Digest where there is no URL."""
    url = parse_url(entry.url or "")
    if url is None:
        return entry.digest
    host = ",".join(reversed(url.hostname.split(".")))
    return f"{host}){url.pathname}{url.search}".lower().replace(" ", "%20")

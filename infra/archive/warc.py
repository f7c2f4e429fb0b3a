"""A capture as a WARC record and back, exactly.

WARC 1.1 (ISO 28500:2017) has no place for how a time is known, which source a user named, or header lines that are not
valid HTTP. So each record repeats everything exactly in two extension fields (5.1), `X-Newslake-Capture` and
`X-Newslake-Digest`. A capture with an HTTP status is a `response` record, any other a `resource`; one whose body lies
elsewhere a `revisit`. docs/maintenance.md says more.

A page that comes in a gzip member of another program's WARC is kept as that member if all that newslake says of the
capture follows from it: not where a source was named, or the page was damaged, cut off or had to be repaired.
"""

import json
import os
import re
import sys
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from errno import ENOENT
from http.client import responses
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import quote

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
from zlib_ng import zlib_ng

from infra.archive.archive_records import ArchiveRecord, Bounds, DamagedStretch, read_records
from infra.archive.http_payload import decode_payload, parse_answer
from infra.archive.raw_index import Pointer
from infra.base.errors import NewslakeError
from parsers.page.content import media_type_of
from parsers.record.capture import Capture, CapturedAtBasis, MediaType

RESPONSE: Final = "response"
OURS: Final = "x-newslake-"  # fields of records that newslake writes


@dataclass(frozen=True, slots=True)
class MemberInFile:
    """A gzip member that stays in its file until it is archived: a page packed takes more memory than its row."""

    path: str
    offset: int
    length: int
    checksum: int  # CRC-32 of the bytes that the page was read from
    in_place: bool = False  # it stays there for good, and the archive only says where

    @classmethod
    def of(cls, path: str, offset: int, member: bytes, *, in_place: bool = False) -> "MemberInFile":
        """The member that was just read there."""
        return cls(path, offset, len(member), zlib_ng.crc32(member), in_place)

    def read(self) -> bytes:
        """The same bytes again; NewslakeError where they are gone."""
        member = read_range(self.path, self.offset, self.length)
        if zlib_ng.crc32(member) != self.checksum:
            what = f"{self.path} was changed while it was read, at byte {self.offset}"
            raise NewslakeError(what, "Run this again once nothing writes to it: nothing was lost.")
        return member


class OutsideError(NewslakeError):
    """A file outside of the lake is gone, or no longer what was ingested in place."""


def read_range(path: str, offset: int, length: int) -> bytes:
    """Bytes of a file outside of the lake; OutsideError where it is gone."""
    try:
        if not Path(path).is_file():  # a device never ends
            raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
        with Path(path).open("rb") as file:
            file.seek(offset)
            return file.read(length)
    except OSError as error:
        what = f"{path} cannot be read any more: {error.strerror}"
        raise OutsideError(what, "Put it back, or a link to it, or ingest it anew.") from error


Member = bytes | MemberInFile  # a gzip member that holds the record of a capture


def foreign_capture(record: ArchiveRecord) -> Capture:
    """The capture of a record that `is_kept_whole` was true of; ValueError if it is another."""
    answer = parse_answer(record.block) if record.fields.get("warc-type") == RESPONSE else None
    if answer is None:
        raise ValueError("WARC record damaged: neither newslake nor a web server wrote it")
    body = decode_payload(answer, sys.maxsize).body
    return Capture(
        body=body,
        media_type=media_type_of(body, says_html="html" in answer.content_type),
        captured_at=datetime.fromisoformat(record.fields["warc-date"]),
        captured_at_basis=CapturedAtBasis.WARC,
        url=record.fields["warc-target-uri"],
        http_status=answer.status,
        http_charset=answer.charset,
        http_headers=answer.headers,
        truncated=is_truncated(record) or answer.is_short,
    )


def is_truncated(record: ArchiveRecord) -> bool:
    """WARC-Truncated: the crawler stopped at a limit of its own (`length`, `time`, `disconnect`, `unspecified`)."""
    return record.fields.get("warc-truncated", "").strip().lower() not in {"", "no"}


def is_kept_whole(record: ArchiveRecord, capture: Capture) -> bool:
    """Whether the member of a record says all of a capture whose body was read from it without a fault or a limit."""
    is_answer = record.fields.get("warc-type") == RESPONSE and capture.http_status is not None
    if any(name.startswith(OURS) for name in record.fields):  # read again, it would be taken for a record of ours
        return False
    if record.length is None or not is_answer or capture.url != record.fields.get("warc-target-uri"):
        return False
    if capture.source or capture.captured_at_basis is not CapturedAtBasis.WARC:
        return False
    try:
        said = datetime.fromisoformat(record.fields["warc-date"])
    except ValueError:
        return False
    return said.tzinfo is not None and said == capture.captured_at


CAPTURE_FIELD: Final = "X-Newslake-Capture"
DIGEST_FIELD: Final = "X-Newslake-Digest"
ORIGINAL_FIELD: Final = "X-Newslake-Original"

GZIP_LEVEL: Final = 3  # of zlib-ng: four times as fast as zlib's 6 for pages that are packed 6 % larger
GZIP_WINDOW: Final = 31  # zlib's word for a gzip member, whose head then holds no time
MAX_RATIO: Final = 1_100  # deflate packs no tighter: so no record is cut
ORIGINAL: Final = "X-Archive-Orig-"  # pywb's prefix for a header that was true on the wire, not of the bytes kept
OF_THE_WIRE: Final = frozenset({"content-encoding", "transfer-encoding", "content-length"})
STATUSES: Final = frozenset({None, *range(1000)})  # three digits (RFC 9110, 15), or no exchange
TEXTS: Final = ("url", "source", "http_charset", "final_url")
URI_SAFE: Final = "!#$%&'()*+,/:;=?@[]~"  # reserved characters of RFC 3986 and `%`: what is a URI stays as it is


@dataclass(frozen=True, slots=True)
class Revisit:
    """A capture whose body lies in another record."""

    seen: Capture  # with an empty body, and so with its digest
    digest: str  # `sha256:<hex>` of the body
    original: Pointer  # the record that has the body; never a revisit itself

    def with_body(self, body: bytes) -> Capture:
        """The whole capture; ValueError if its body is another one."""
        return _require_digest(replace(self.seen, body=body), self.digest)

    def read_in_place(self) -> Capture:
        """The whole capture of a file outside, where only a record of the lake leads, never a row."""
        place = self.original
        try:
            original = decode(read_range(place.uri, place.offset, place.length))
            return self.with_body(b"" if isinstance(original, Revisit) else original.body)
        except ValueError as error:
            what = f"{place.uri} is no longer what was ingested: {error}"
            raise OutsideError(what, "Put back the file that it was, or ingest that anew.") from error


def encode(capture: Capture, original: Pointer | None = None) -> bytes:
    """The WARC record of a capture, always the same, as one gzip member; without its body if that lies elsewhere."""
    if original:
        headers = [
            *_fields("revisit", capture),
            ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
            ("WARC-Payload-Digest", capture.digest),
            (ORIGINAL_FIELD, json.dumps(asdict(original), separators=(",", ":"))),
            ("WARC-Truncated", "length"),  # 6.7.2: the block is that of a response which is cut off before the body
        ]
        return _member(headers, b"", _http_head(capture))
    has_answer = capture.http_status is not None
    headers = _fields("response" if has_answer else "resource", capture)
    if capture.truncated:
        headers.append(("WARC-Truncated", "unspecified"))
    return _member(headers, capture.body, _http_head(capture) if has_answer else None)


def encode_info(filename: str, made_at: datetime) -> bytes:
    """The `warcinfo` record that a WARC begins with; `made_at` is no clock's, so that writing again gives the same."""
    about = (
        "software: newslake\r\n"
        "format: WARC File Format 1.1\r\n"
        "conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
        "description: bodies are kept after transfer and content decoding; headers of the wire have the prefix "
        f"{ORIGINAL}\r\n"
    )
    headers = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", _record_id(filename)),
        ("WARC-Filename", filename),
        ("WARC-Date", _warc_date(made_at)),
        ("Content-Type", "application/warc-fields"),
    ]
    return _member(headers, about.encode(), None)


def decode(member: bytes) -> Capture | Revisit:
    """The capture of one gzip member; ValueError if it is damaged or holds none."""
    found = scan(member)
    if len(found) != 1:
        raise ValueError(f"{len(found)} captures where there should be one")
    return found[0][2]


def scan(warc: bytes) -> list[tuple[int, int, Capture | Revisit]]:
    """Offset and length of the gzip member, and the capture, of all captures in a WARC; ValueError on damage."""
    if not warc:
        raise ValueError("it is empty")
    found = []
    for record in read_records(BytesIO(warc), len(warc) * MAX_RATIO):
        if isinstance(record, Bounds):
            break
        if isinstance(record, DamagedStretch):
            raise ValueError(f"WARC record damaged: {record.detail}")
        if record.problem or record.length is None:
            raise ValueError(f"WARC record damaged: {record.problem or 'it shares its gzip member'}")
        if record.fields.get("warc-type") != "warcinfo":
            found.append((record.offset, record.length, _content_of(record)))
    return found


def capture_of(fields: Mapping[str, str], block: bytes) -> Capture:
    """The capture of a newslake record; ValueError if another program wrote it, or its body has another digest."""
    body = block.partition(b"\r\n\r\n")[2] if fields.get("warc-type") == "response" else block
    return _require_digest(*_stated(fields, body))


def _stated(fields: Mapping[str, str], body: bytes) -> tuple[Capture, str]:
    """The capture with this body, and the digest that its record says the body has."""
    try:
        said = json.loads(fields[CAPTURE_FIELD.lower()])  # anybody may have written it
        if not all(isinstance(said.get(name), str | None) for name in TEXTS) or said["http_status"] not in STATUSES:
            raise TypeError("a value of another type")
        capture = Capture(
            body=body,
            media_type=MediaType(said["media_type"]),
            captured_at=datetime.fromisoformat(fields["warc-date"]),
            captured_at_basis=CapturedAtBasis(said["captured_at_basis"]),
            url=said["url"],
            source=said["source"],
            http_status=said["http_status"],
            http_charset=said["http_charset"],
            http_headers=_pairs(said["http_headers"]),
            request_headers=_pairs(said.get("request_headers", ())),
            final_url=said.get("final_url"),
            truncated=bool(said["truncated"]),
        )
        return capture, fields[DIGEST_FIELD.lower()]
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"record fields damaged: {error!r}") from error


def _pairs(said: list[list[str]]) -> tuple[tuple[str, str], ...]:
    pairs = tuple((name, value) for name, value in said)
    if not all(isinstance(each, str) for pair in pairs for each in pair):
        raise TypeError("a header line is no text")
    return pairs


def _require_digest(capture: Capture, expected: str) -> Capture:
    if capture.digest != expected:
        raise ValueError(f"body has {capture.digest}, but was archived as {expected}")
    return capture


def _content_of(record: ArchiveRecord) -> Capture | Revisit:
    fields = record.fields
    if CAPTURE_FIELD.lower() not in fields and DIGEST_FIELD.lower() not in fields:
        return foreign_capture(record)
    if fields.get("warc-type") != "revisit":
        return capture_of(fields, record.block)
    seen, digest = _stated(fields, b"")
    try:
        return Revisit(seen, digest, Pointer(**json.loads(fields[ORIGINAL_FIELD.lower()])))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"record fields damaged: {error!r}") from error


def _fields(kind: str, capture: Capture) -> list[tuple[str, str]]:
    has_answer = capture.http_status is not None
    uri = quote(capture.url, safe=URI_SAFE, errors="replace") if capture.url else f"urn:newslake:{capture.digest}"
    said = {
        "url": capture.url,
        "media_type": capture.media_type.value,
        "captured_at_basis": capture.captured_at_basis.value,
        "source": capture.source,
        "http_status": capture.http_status,
        "http_charset": capture.http_charset,
        "http_headers": capture.http_headers,
        "truncated": capture.truncated,
    }
    # Known only for captures that we fetched ourselves.
    request = {"request_headers": capture.request_headers, "final_url": capture.final_url}
    said |= {name: value for name, value in request.items() if value}
    return [
        ("WARC-Type", kind),
        ("WARC-Record-ID", _record_id(f"{capture.url}\n{capture.captured_at.isoformat()}\n{capture.digest}")),
        ("WARC-Target-URI", uri),
        ("WARC-Date", _warc_date(capture.captured_at)),
        (DIGEST_FIELD, capture.digest),
        (CAPTURE_FIELD, json.dumps(said, separators=(",", ":"))),
        ("Content-Type", "application/http; msgtype=response" if has_answer else capture.media_type.value),
    ]


def _http_head(capture: Capture) -> StatusAndHeaders:
    """The answer's head for other tools, in ASCII; what was true only on the wire gets another name."""
    phrase = responses.get(capture.http_status or 0, "")
    headers = []
    for name, value in capture.http_headers:
        prefix = ORIGINAL if name.lower() in OF_THE_WIRE else ""
        shown = quote(value, safe="".join(map(chr, range(0x20, 0x7F))), errors="replace")
        headers.append((prefix + re.sub(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]", "_", name), shown))
    headers.append(("Content-Length", str(len(capture.body))))
    return StatusAndHeaders(f"{capture.http_status} {phrase}".strip(), headers, protocol="HTTP/1.1")


def _member(headers: list[tuple[str, str]], payload: bytes, http_head: StatusAndHeaders | None) -> bytes:
    plain = BytesIO()
    writer = WARCWriter(plain, gzip=False, warc_version="1.1")
    record = writer.create_warc_record(
        "",  # the address is among the headers
        headers[0][1],
        payload=BytesIO(payload),
        length=len(payload),
        warc_headers=StatusAndHeaders("", headers, protocol="WARC/1.1"),
        http_headers=http_head,
    )
    writer.write_record(record)
    return zlib_ng.compress(plain.getvalue(), GZIP_LEVEL, wbits=GZIP_WINDOW)


def _record_id(name: str) -> str:
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, name.encode(errors='replace').decode()).urn}>"


def _warc_date(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

"""Pages in records that other programs wrote: their gzip members are kept byte for byte, not packed again.

All that newslake says of its capture must follow from such a member. Where something else was said (`--source`), or the
page was damaged, cut off or had to be repaired, newslake writes a record of its own.
"""

import os
import sys
from dataclasses import dataclass
from datetime import datetime
from errno import ENOENT
from pathlib import Path
from typing import Final

from zlib_ng import zlib_ng

from infra.archive.archive_records import ArchiveRecord
from infra.archive.http_payload import decode_payload, parse_answer
from infra.base.errors import NewslakeError
from parsers.page.content import media_type_of
from parsers.record.capture import Capture, CapturedAtBasis

RESPONSE: Final = "response"
OURS: Final = "x-newslake-"  # fields of records that newslake writes (infra/archive/warc.py)


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

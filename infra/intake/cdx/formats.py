"""What CDX servers answer, in the two forms that are in use. Bytes in, captures out; whatever the bytes are.

Wayback CDX server (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server): one JSON array of rows,
the first of which names the columns; if there is more, an empty row and a row with a resume key end it. Common Crawl
(https://index.commoncrawl.org, pywb): one JSON object a line.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from infra.archive.raw_index import Pointer
from parsers.fields.urls import canonical

OK: Final = "200"
HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
# A path of some folders; what could lead out of the archive, or is no path, is refused.
FILENAME: Final = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./=+-]{0,1023}")
NUMBER: Final = re.compile(r"[0-9]{1,15}")  # offsets in files of up to a petabyte
TIMESTAMP: Final = re.compile(r"[0-9]{14}")


@dataclass(frozen=True, slots=True)
class CdxCapture:
    """One capture that an index knows.

    Attributes:
        url: canonical.
        original: the address as the index has it.
        captured_at: when it was got, aware, UTC, to the second.
        place: where its WARC record lies, `uri` relative to the archive; None where the archive is asked by address.
    """

    url: str
    original: str
    captured_at: datetime
    place: Pointer | None = None


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One answer of an index.

    Attributes:
        captures: HTML pages of status 200, in the order of the answer.
        others: how many lines speak of anything else: images, redirects, errors.
        malformed: how many lines cannot be read.
        resume_key: to ask for what follows; None where that is all.
    """

    captures: tuple[CdxCapture, ...]
    others: int = 0
    malformed: int = 0
    resume_key: str | None = None


def read_wayback(body: bytes) -> IndexPage:
    """Read an answer of a Wayback CDX server to `output=json`; no bytes mean no captures.

    Raises:
        ValueError: it is no JSON array of arrays.
    """
    rows = orjson.loads(body) if body.strip() else []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError("not a JSON array of arrays")
    resume_key = None
    if len(rows) > 1 and rows[-2] == [] and len(rows[-1]) == 1:
        resume_key = str(rows[-1][0])
        rows = rows[:-2]
    names = [str(name) for name in rows[0]] if rows else []
    lines = (dict(zip(names, row, strict=False)) for row in rows[1:])
    return _page((_wayback_line(line) for line in lines), resume_key)


def read_common_crawl(body: bytes) -> IndexPage:
    """Read an answer of Common Crawl's index to `output=json`."""
    return _page(map(_common_crawl_line, body.splitlines()), None)


def read_page_count(body: bytes) -> int:
    """Read an answer to `showNumPages=true`.

    Raises:
        ValueError: it states no number of pages.
    """
    stated = orjson.loads(body)
    pages = stated.get("pages") if isinstance(stated, dict) else stated
    if not isinstance(pages, int) or pages < 0:
        raise ValueError("no number of pages")
    return pages


def instant_of(timestamp: str) -> datetime:
    """Read a CDX timestamp: 14 digits, UTC.

    Raises:
        ValueError: it is none.
    """
    if not TIMESTAMP.fullmatch(timestamp):
        raise ValueError("no time of 14 digits")
    return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def timestamp_of(moment: datetime) -> str:
    """A time as CDX servers write it; the reverse of `instant_of`."""
    return f"{moment.year:04}{moment:%m%d%H%M%S}"  # %Y has no leading zeros on Linux


class _OtherError(Exception):
    """A line speaks of something that is no page."""


def _page(lines: Iterable[CdxCapture | Exception], resume_key: str | None) -> IndexPage:
    captures: list[CdxCapture] = []
    others = malformed = 0
    for line in lines:
        if isinstance(line, CdxCapture):
            captures.append(line)
        elif isinstance(line, _OtherError):
            others += 1
        else:
            malformed += 1
    return IndexPage(tuple(captures), others, malformed, resume_key)


def _wayback_line(fields: Mapping[str, Any]) -> CdxCapture | Exception:
    try:
        _require_page(fields["statuscode"], [fields["mimetype"]])
        return _capture(fields["original"], fields["timestamp"], None)
    except (KeyError, ValueError, _OtherError) as error:
        return error


def _common_crawl_line(line: bytes) -> CdxCapture | Exception:
    try:
        fields = orjson.loads(line)
        if not isinstance(fields, dict):
            raise ValueError("no object")
        _require_page(fields["status"], [fields["mime"], fields.get("mime-detected")])
        return _capture(fields["url"], fields["timestamp"], _place(fields))
    except (KeyError, ValueError, _OtherError) as error:
        return error


def _require_page(status: object, media_types: list[object]) -> None:
    if str(status) != OK or not any(isinstance(name, str) and name.lower() in HTML_TYPES for name in media_types):
        raise _OtherError


def _capture(original: object, timestamp: object, place: Pointer | None) -> CdxCapture:
    url = canonical(original) if isinstance(original, str) else None
    if url is None or not isinstance(original, str):
        raise ValueError("no address")
    return CdxCapture(url, original, instant_of(str(timestamp)), place)


def _place(fields: Mapping[str, Any]) -> Pointer:
    """Where a record lies; its numbers are written as texts."""
    filename, offset, length = str(fields["filename"]), str(fields["offset"]), str(fields["length"])
    if not FILENAME.fullmatch(filename) or not NUMBER.fullmatch(offset) or not NUMBER.fullmatch(length):
        raise ValueError("no place in an archive")
    if int(length) == 0:
        raise ValueError("an empty record")
    return Pointer(filename, int(offset), int(length))

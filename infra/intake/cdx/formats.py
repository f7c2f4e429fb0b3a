"""What CDX servers answer, in the two forms in use. Bytes in, captures out.

Wayback CDX server (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server): one JSON array of rows,
the first of which names the columns; if there is more, an empty row and a row with a resume key end it. Common Crawl
(https://index.commoncrawl.org, pywb): one JSON object a line.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from infra.archive.raw_index import Pointer
from parsers.fields.urls import canonical

OK: Final = "200"
HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
# A path of some folders; what could lead out of the archive is refused.
FILENAME: Final = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./=+-]{0,1023}")
NUMBER: Final = re.compile(r"[0-9]{1,15}")  # offsets in files of up to a petabyte
TIMESTAMP: Final = re.compile(r"[0-9]{14}")


@dataclass(frozen=True, slots=True)
class CdxCapture:
    """One capture that an index knows."""

    url: str  # canonical
    original: str  # as the index has it
    captured_at: datetime  # aware, UTC, to the second
    place: Pointer | None = None  # of its WARC record, relative to the archive; None: the archive is asked by address


@dataclass(frozen=True, slots=True)
class IndexPage:
    """One answer of an index: its HTML pages of status 200, in order, and how many lines were left out."""

    captures: tuple[CdxCapture, ...]
    others: int = 0  # images, redirects, errors
    malformed: int = 0
    resume_key: str | None = None  # to ask for what follows


def read_wayback(body: bytes) -> IndexPage:
    """Read an answer of a Wayback CDX server to `output=json`; ValueError where it is none, no bytes: no captures."""
    rows = orjson.loads(body) if body.strip() else []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError("not a JSON array of arrays")
    resume_key = None
    if len(rows) > 1 and rows[-2] == [] and len(rows[-1]) == 1:
        resume_key = str(rows[-1][0])
        rows = rows[:-2]
    names = [str(name) for name in rows[0]] if rows else []
    return _page((dict(zip(names, row, strict=False)) for row in rows[1:]), _wayback_line, resume_key)


def read_common_crawl(body: bytes) -> IndexPage:
    """Read an answer of Common Crawl's index to `output=json`."""
    return _page(body.splitlines(), _common_crawl_line)


def read_page_count(body: bytes) -> int:
    """Read an answer to `showNumPages=true`; ValueError where it states no number of pages."""
    stated = orjson.loads(body)
    pages = stated.get("pages") if isinstance(stated, dict) else stated
    if not isinstance(pages, int) or pages < 0:
        raise ValueError("no number of pages")
    return pages


def instant_of(timestamp: str) -> datetime:
    """Read a CDX timestamp of 14 digits, UTC; ValueError for anything else."""
    if not TIMESTAMP.fullmatch(timestamp):
        raise ValueError("no time of 14 digits")
    return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def timestamp_of(moment: datetime) -> str:
    """A time as CDX servers write it; the reverse of `instant_of`."""
    return f"{moment.year:04}{moment:%m%d%H%M%S}"  # %Y has no leading zeros on Linux


def _page(lines: Iterable[Any], read: Callable[[Any], CdxCapture | None], resume_key: str | None = None) -> IndexPage:
    captures: list[CdxCapture] = []
    others = malformed = 0
    for line in lines:
        try:
            capture = read(line)
        except (KeyError, ValueError):
            malformed += 1
            continue
        if capture:
            captures.append(capture)
        else:
            others += 1
    return IndexPage(tuple(captures), others, malformed, resume_key)


def _wayback_line(fields: Mapping[str, Any]) -> CdxCapture | None:
    """The capture of a line, None unless that is a page; KeyError or ValueError where it is malformed."""
    if not _is_page(fields["statuscode"], [fields["mimetype"]]):
        return None
    return _capture(fields["original"], fields["timestamp"], None)


def _common_crawl_line(line: bytes) -> CdxCapture | None:
    fields = orjson.loads(line)
    if not isinstance(fields, dict):
        raise ValueError("no object")
    if not _is_page(fields["status"], [fields["mime"], fields.get("mime-detected")]):
        return None
    return _capture(fields["url"], fields["timestamp"], _place(fields))


def _is_page(status: object, media_types: list[object]) -> bool:
    return str(status) == OK and any(isinstance(name, str) and name.lower() in HTML_TYPES for name in media_types)


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

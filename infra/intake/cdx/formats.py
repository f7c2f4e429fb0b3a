"""What CDX servers answer, in the two forms in use. Bytes in, captures out.

Wayback CDX server (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server): one JSON array of rows,
the first of which names the columns; if there is more, an empty row and a row with a resume key end it. Common Crawl
(https://index.commoncrawl.org, pywb): one JSON object a line.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
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


def read_wayback(body: bytes) -> tuple[list[CdxCapture], str | None]:
    """HTML pages of status 200 in an answer of a Wayback CDX server, and the key to ask for what follows.

    No bytes are no captures; ValueError where it is no such answer.
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
    captures = (_capture(line.get("original"), line) for line in lines if _is_page(line, "statuscode", "mimetype"))
    return [capture for capture in captures if capture], resume_key


def read_common_crawl(body: bytes) -> list[CdxCapture]:
    """HTML pages of status 200 in an answer of Common Crawl's index, each with a usable place."""
    captures = []
    for line in body.splitlines():
        with suppress(ValueError):
            fields = orjson.loads(line)
            if isinstance(fields, dict) and _is_page(fields, "status", "mime", "mime-detected"):
                place = _place(fields)
                captures.append(place and _capture(fields.get("url"), fields, place))
    return [capture for capture in captures if capture]


def read_page_count(body: bytes) -> int:
    """Read an answer to `showNumPages=true`; ValueError where it states no number of pages."""
    stated = orjson.loads(body)
    pages = stated.get("pages") if isinstance(stated, dict) else stated
    if not isinstance(pages, int) or pages < 0:
        raise ValueError("no number of pages")
    return pages


def instant_of(timestamp: str) -> datetime | None:
    """Read a CDX timestamp of 14 digits, UTC; None for anything else."""
    with suppress(ValueError):
        if TIMESTAMP.fullmatch(timestamp):
            return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return None


def timestamp_of(moment: datetime) -> str:
    """A time as CDX servers write it; the reverse of `instant_of`."""
    return f"{moment.year:04}{moment:%m%d%H%M%S}"  # %Y has no leading zeros on Linux


def _is_page(line: Mapping[str, Any], status: str, *media_types: str) -> bool:
    """Whether a line is of a page, by the columns of its form."""
    return str(line.get(status)) == OK and any(str(line.get(name)).lower() in HTML_TYPES for name in media_types)


def _capture(original: object, line: Mapping[str, Any], place: Pointer | None = None) -> CdxCapture | None:
    captured_at = instant_of(str(line.get("timestamp")))
    if not isinstance(original, str) or captured_at is None or (url := canonical(original)) is None:
        return None
    return CdxCapture(url, original, captured_at, place)


def _place(line: Mapping[str, Any]) -> Pointer | None:
    """Where a record lies; its numbers are written as texts."""
    filename, offset, length = (str(line.get(name, "")) for name in ("filename", "offset", "length"))
    if not FILENAME.fullmatch(filename) or not NUMBER.fullmatch(offset) or not NUMBER.fullmatch(length):
        return None
    return Pointer(filename, int(offset), int(length)) if int(length) else None

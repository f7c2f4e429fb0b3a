"""Manifests: what is known of files from outside of them, one JSON line a file.

    {"file": "a.html.gz", "url": "https://…", "captured_at": "2024-02-28T13:06:44Z", "source": "tass"}

Only `file` is needed; it is relative to the manifest. Other keys, such as `id` and `expected`, are for others.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from infra.base.days import parse_instant
from infra.base.errors import UsageError
from infra.intake.files.input_types import Input
from infra.intake.files.stated import instant_of
from parsers.record.capture import CapturedAtBasis

INDEX_NAMES: Final = ("index.rdf", "index.json")  # in a MAFF, and of ArchiveBox; others call their files so, too
MAX_INDEX_BYTES: Final = 1 << 20  # theirs have some KB; a larger one is a table
WEB: Final = re.compile(r"https?://\S+$")
MAFF: Final = re.compile(
    r"<\w+:(originalurl|archivetime|indexfilename)\s[^<>]{0,200}?\bresource=\"([^\"]{1,8192})\"", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """What a manifest says of one file; None = nothing. `place` is manifest and line number, for messages."""

    url: str | None
    captured_at: datetime | None
    source: str | None
    place: str

    def said_of(self, known: Input) -> Input:
        """An input with what this line says of it; what the user says wins."""
        if self.captured_at and known.captured_at_basis is not CapturedAtBasis.OPTION:
            known = replace(known, captured_at=self.captured_at, captured_at_basis=CapturedAtBasis.MANIFEST)
        return replace(known, url=self.url, source=known.source or self.source)


def parse_manifest(content: bytes, name: str) -> dict[str, ManifestLine]:
    """Parse a manifest of that name: lines by `file` as written; UsageError names the line that is wrong."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"manifest {name} is not UTF-8 ({error.reason})", "Save it as UTF-8.") from error
    lines: dict[str, ManifestLine] = {}
    for number, written in enumerate(text.split("\n"), 1):
        if not written.strip():
            continue
        place = f"{name}, line {number}"
        file, line = _parse_line(written, place)
        known = lines.setdefault(file, line)
        if (known.url, known.captured_at, known.source) != (line.url, line.captured_at, line.source):
            raise _refused(place, f"{file!r} is described differently before", "Keep one line a file.")
    return lines


def parse_index(content: bytes, place: str) -> dict[str, ManifestLine]:
    """Lines of an index by file: that in a MAFF, or ArchiveBox's of a page; none of any other file of its name."""
    found = _of_maff(content) if place.endswith(".rdf") else _of_archive_box(content)
    return {file: ManifestLine(url, at, None, place) for file, url, at in found if "\0" not in file}


def _of_maff(content: bytes) -> Iterator[tuple[str, str, datetime | None]]:
    said = {name.lower(): html.unescape(value) for name, value in MAFF.findall(content.decode("utf-8", "replace"))}
    url = said.get("originalurl", "")
    if WEB.match(url):
        yield said.get("indexfilename") or "index.html", url, instant_of(said.get("archivetime"))


def _of_archive_box(content: bytes) -> Iterator[tuple[str, str, datetime | None]]:
    """Its `timestamp` is that of the bookmark; the history says when each of its programs was at it."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return
    url = said.get("url") if isinstance(said, dict) else None
    if not isinstance(url, str) or not WEB.match(url) or "timestamp" not in said:
        return
    at = instant_of(said["timestamp"])
    outputs: dict[str, datetime | None] = dict.fromkeys(("singlefile.html", "output.html"), at)
    history = said.get("history")
    attempts = history.values() if isinstance(history, dict) else ()
    for attempt in (one for each in attempts if isinstance(each, list) for one in each if isinstance(one, dict)):
        output = attempt.get("output")
        if isinstance(output, str) and output.endswith((".html", ".htm")):
            outputs[output] = instant_of(attempt.get("start_ts")) or at
    yield from ((file, url, moment) for file, moment in outputs.items())


def _parse_line(written: str, place: str) -> tuple[str, ManifestLine]:
    try:
        fields = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise _refused(place, f"not JSON: {error}", "Write one JSON object a line.") from error
    if not isinstance(fields, dict):
        raise _refused(place, "not a JSON object", 'Write one a line, at least {"file": "…"}.')
    for name in ("file", "url", "captured_at", "source"):
        if not isinstance(fields.get(name), str | None):
            raise _refused(place, f"`{name}` is not a string", "Write it in quotes, or leave it out.")
    file = fields.get("file")
    if not file or "\0" in file:
        raise _refused(place, "has no `file`", 'Write at least {"file": "name.html"}.')
    written_at = fields.get("captured_at")
    captured_at = parse_instant(written_at, f"{place}: `captured_at`") if written_at else None
    return file, ManifestLine(fields.get("url") or None, captured_at, fields.get("source") or None, place)


def _refused(place: str, what: str, remedy: str) -> UsageError:
    return UsageError(f"{place}: {what}", remedy)

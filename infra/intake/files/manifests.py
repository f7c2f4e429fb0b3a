"""Manifests: what is known of files from outside of them, one JSON line a file.

    {"file": "a.html.gz", "url": "https://…", "captured_at": "2024-02-28T13:06:44Z", "source": "tass"}

Only `file` is needed; it is relative to the manifest. Other keys, such as `id` and `expected`, are for others.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from infra.base.days import parse_instant
from infra.base.errors import UsageError
from infra.intake.files.input_types import Input
from parsers.record.capture import CapturedAtBasis


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


def read_manifest(path: Path) -> dict[str, ManifestLine]:
    """Read a manifest file: lines by real path, in their order. Whether the files exist is not looked at."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"manifest {path} cannot be read: {error.strerror}", "Give a JSON lines file.") from error
    folder = path.parent.resolve()
    files = {(folder / name).resolve(): line for name, line in parse_manifest(content, str(path)).items()}
    for file, line in files.items():
        if not file.is_relative_to(folder):
            raise _refused(line.place, f"{str(file)!r} is outside the manifest's folder", "Move the manifest above it.")
    return {str(file): line for file, line in files.items()}


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

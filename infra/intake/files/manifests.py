"""Manifests: what is known of files from outside of them, one JSON line a file.

    {"file": "a.html.gz", "url": "https://…", "captured_at": "2024-02-28T13:06:44Z", "source": "tass"}

Only `file` is needed; it is relative to the manifest. Other keys, such as `id` and `expected`, are for others.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from infra.base.errors import UsageError

MANIFEST_NAMES: Final = ("manifest.jsonl", "cases.jsonl")  # taken unasked from the folder of a file, in this order


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """What a manifest says of one file; None = nothing.

    Attributes:
        url: address that the file was got from.
        captured_at: when, aware, UTC.
        source: name of the source.
        place: manifest and line number, for messages.
    """

    url: str | None
    captured_at: datetime | None
    source: str | None
    place: str


def read_manifest(path: Path) -> dict[Path, ManifestLine]:
    """Read a manifest file.

    Returns:
        By absolute path of the file, in the order of the lines. Whether the files exist is not looked at.

    Raises:
        UsageError: the manifest cannot be read or a line is malformed; names the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"manifest {path} cannot be read: {error.strerror}", "Give a JSON lines file.") from error
    folder = path.parent.resolve()
    lines = parse_manifest(content, str(path))
    files = {(folder / name).resolve(): line for name, line in lines.items()}
    for file, line in files.items():
        if not file.is_relative_to(folder):
            raise _refused(line.place, f"{str(file)!r} is outside the manifest's folder", "Move the manifest above it.")
    return files


def parse_manifest(content: bytes, name: str) -> dict[str, ManifestLine]:
    """Parse the lines of a manifest.

    Args:
        content: the JSON lines, UTF-8.
        name: the manifest's own name, for messages.

    Returns:
        By `file` as written.

    Raises:
        UsageError: a line is malformed, or two lines say different things of one file; names the line.
    """
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
            raise _refused(place, f"{file!r} is described otherwise than before", "Keep one line a file.")
    return lines


def parse_time(text: str) -> datetime:
    """A capture time as users and manifests write it: ISO 8601; without a zone it is UTC.

    Raises:
        ValueError: it is no such time.
    """
    moment = datetime.fromisoformat(text.strip())
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is out of range") from error


def missing_files(manifest: Mapping[Path, ManifestLine]) -> Iterable[tuple[Path, ManifestLine]]:
    """The files of a manifest that are not there."""
    return ((file, line) for file, line in manifest.items() if not file.is_file())


def _parse_line(written: str, place: str) -> tuple[str, ManifestLine]:
    try:
        fields = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise _refused(place, f"is no JSON: {error}", "Write one JSON object a line.") from error
    if not isinstance(fields, dict):
        raise _refused(place, "is no JSON object", 'Write one a line, at least {"file": "…"}.')
    for name in ("file", "url", "captured_at", "source"):
        if not isinstance(fields.get(name), str | None):
            raise _refused(place, f"`{name}` is no text", "Write it in quotes, or leave it out.")
    file = fields.get("file")
    if not file or "\0" in file:
        raise _refused(place, "has no `file`", 'Write at least {"file": "name.html"}.')
    captured_at = None
    if fields.get("captured_at"):
        try:
            captured_at = parse_time(fields["captured_at"])
        except ValueError as error:
            remedy = "Write ISO 8601, such as 2024-02-28T13:06:44Z, or leave it out."
            raise _refused(place, f"`captured_at` is no time: {fields['captured_at'][:80]!r}", remedy) from error
    return file, ManifestLine(fields.get("url") or None, captured_at, fields.get("source") or None, place)


def _refused(place: str, what: str, remedy: str) -> UsageError:
    return UsageError(f"{place}: {what}", remedy)

"""From the paths a user names to inputs: folders and S3 prefixes expanded, manifests applied, mistakes reported."""

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from infra.base.errors import UsageError
from infra.intake.files.input_types import Input
from infra.intake.files.manifests import INDEX_NAMES, MAX_INDEX_BYTES, ManifestLine, parse_index, parse_manifest
from infra.intake.files.s3_objects import S3, ColdObjectError, bucket_and_key, objects_below, open_object
from infra.intake.files.stated import MANIFEST_NAMES
from infra.intake.files.tables import columns_of
from infra.store.object_store import ObjectInfo
from parsers.record.capture import CapturedAtBasis


@dataclass(frozen=True, slots=True)
class _Listing:
    """What a path stands for, on disk or in a bucket."""

    folder: str  # the folder that was named, or that holds the file that was
    is_whole: bool  # a folder was named: all that its manifests list has to be there
    files: Iterable[Input]
    read: Callable[[str, int | None], bytes | None]  # a manifest; or an index of at most so many bytes, if it can be
    exists: Callable[[str], bool]


def find_inputs(
    paths: Sequence[str], *, source: str | None = None, captured_at: datetime | None = None, columns: Sequence[str] = ()
) -> list[Input]:
    """One input for each file or object, also what is no page; `source` and `captured_at` go before manifests.

    UsageError for a path that is missing, unreadable or holds nothing, or a wrong manifest.
    """
    if captured_at and captured_at.tzinfo is None:
        captured_at = captured_at.replace(tzinfo=UTC)
    roles = columns_of(columns)
    if not paths:
        raise UsageError("there is nothing to read", "Name files, folders or s3:// prefixes.")
    found: dict[str, Input] = {}
    for path in paths:
        for one, line in _inputs(_in_bucket(path) if path.startswith(S3) else _on_disk(path)):
            known = replace(one, source=source, columns=roles)
            if captured_at:
                known = replace(known, captured_at=captured_at, captured_at_basis=CapturedAtBasis.OPTION)
            found.setdefault(_identity(one.location), line.said_of(known) if line else known)
    return list(found.values())


def _identity(location: str, file: str = "") -> str:
    """The same for all links to a file, or to one in a folder."""
    if location.startswith(S3):
        return f"{location}/{file}" if file else location
    return os.path.realpath(Path(location, file))


def _inputs(listing: _Listing) -> Iterator[tuple[Input, ManifestLine | None]]:
    """The captures of a listing, with their lines in the manifests of their folders."""
    manifests: dict[str, Mapping[str, ManifestLine]] = {}
    for one in listing.files:
        line: ManifestLine | None = None
        folder = one.location
        # A folder's manifest may describe what lies in folders below it; the nearest manifest holds.
        while len(folder) > len(listing.folder):
            folder = posixpath.dirname(folder)
            if folder not in manifests:
                manifests[folder] = _lines_in(folder, listing)
                for file, said in manifests[folder].items() if listing.is_whole else ():
                    if not listing.exists(file):
                        remedy = "Correct the manifest, or put the file there."
                        raise UsageError(f"{said.place}: {file} does not exist", remedy)
            line = line or manifests[folder].get(_identity(one.location))
        yield one, line


def _lines_in(folder: str, listing: _Listing) -> dict[str, ManifestLine]:
    """By identity, what the manifest of a folder says of its files; without one, what indexes of programs say."""
    below = _identity(folder).rstrip("/") + "/"
    for place in (f"{folder}/{name}" for name in MANIFEST_NAMES):
        if (content := listing.read(place, None)) is not None:
            lines = {_identity(folder, file): line for file, line in parse_manifest(content, place).items()}
            for file, line in lines.items():
                if not f"{file}/".startswith(below):
                    what = f"{line.place}: {file!r} is outside the manifest's folder"
                    raise UsageError(what, "Move the manifest above it.")
            return lines
    indexed: dict[str, ManifestLine] = {}
    for place in (f"{folder}/{name}" for name in INDEX_NAMES):
        if content := listing.read(place, MAX_INDEX_BYTES):
            indexed |= {_identity(folder, file): line for file, line in parse_index(content, place).items()}
    return {file: line for file, line in indexed.items() if file.startswith(below) and listing.exists(file)}


def _on_disk(path: str) -> _Listing:
    start = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links: the user's own name is kept
    if re.match(r"[a-z][a-z0-9+.-]+://", path) and not start.exists():
        remedy = "Download it and name the file; `newslake fetch` gets pages. Of buckets, those of s3:// are read."
        raise UsageError(f"{path!r} is an address, and ingest reads files", remedy)
    if "\0" in path or not start.exists():
        raise UsageError(f"{path!r} does not exist", "Check the path; nothing was read or written.")
    is_folder = start.is_dir()
    files = _files_in(start) if is_folder else [start]
    if not files:
        raise UsageError(f"folder {path} holds no captures", "Name a folder with pages, tables or archives.")
    folder = start if is_folder else start.parent
    inputs = (_input(file, file.relative_to(folder).as_posix() if is_folder else "") for file in files)
    return _Listing(str(folder), is_folder, inputs, _read_on_disk, os.path.isfile)


def _input(file: Path, inside: str) -> Input:
    if file.is_dir():  # a hidden one, which stands for all in it
        inside += "/"
    elif inside and not file.is_file():  # reading says what it is
        return Input(str(file), 0, datetime.now(UTC), CapturedAtBasis.MTIME, inside=inside)
    elif not file.is_file() or not os.access(file, os.R_OK):
        raise UsageError(f"{file} cannot be read", "Give a regular file that you have permission to read.")
    status = file.stat()
    modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
    return Input(str(file), status.st_size, modified_at, CapturedAtBasis.MTIME, inside=inside)


def _files_in(folder: Path) -> list[Path]:
    """All that is below a folder; hidden folders are not looked into."""
    root = folder.resolve()

    def unreadable(error: OSError) -> None:
        what = f"{error.filename} cannot be read: {error.strerror}"
        raise UsageError(what, "Change its permissions, or leave it out.")

    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable):
        hidden = [name for name in folders if name.startswith(".")]
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders + names:
            path = Path(parent, name)
            if path.is_symlink() and not name.startswith(".") and not path.resolve().is_relative_to(root):
                raise UsageError(f"link {path} leads out of {folder}", "Remove the link, or name its target itself.")
        found += [Path(parent, name) for name in names + hidden]
    return sorted(found)


def _read_on_disk(place: str, most: int | None) -> bytes | None:
    path = Path(place)
    try:
        return path.read_bytes() if path.is_file() and (most is None or path.stat().st_size <= most) else None
    except OSError as error:
        if most is not None:
            return None  # reading the file itself says so
        raise UsageError(f"manifest {place} cannot be read: {error.strerror}", "Give a JSON lines file.") from error


def _in_bucket(uri: str) -> _Listing:
    # An object of the very name is the one meant; else it is a folder, and "news" is not to find "news-old".
    bucket, key = bucket_and_key(uri)
    below = f"{S3}{bucket}/{key}" if not key or key.endswith("/") else f"{uri}/"
    listed = {one.key: one for one in objects_below(uri) if one.key == uri or one.key.startswith(below)}
    if not listed:
        raise UsageError(f"{uri} holds no captures", "Check bucket and prefix; nothing was read or written.")
    is_folder = uri not in listed or below == uri
    found = listed.values() if is_folder else [listed[uri]]
    inputs = (
        Input(one.key, one.size, one.modified_at, CapturedAtBasis.MTIME, inside=inside if is_folder else "")
        for one in found
        for inside in [one.key.removeprefix(below)]
    )

    def stored_at(place: str) -> ObjectInfo | None:
        found = listed.get(place) or (None if is_folder else next(iter(objects_below(place)), None))
        return found if found and found.key == place else None

    def read(place: str, most: int | None) -> bytes | None:
        stored = stored_at(place)
        if stored is None or (most is not None and stored.size > most):
            return None
        try:
            with open_object(place, stored.size) as stream:
                return stream.read()
        except ColdObjectError:
            if most is None:
                raise
            return None  # reading the object itself says so

    folder = below.rstrip("/") if is_folder else posixpath.dirname(uri)
    return _Listing(folder, is_folder, inputs, read, listed.__contains__)

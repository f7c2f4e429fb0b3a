"""From the paths a user names to inputs: folders and S3 prefixes expanded, manifests applied, mistakes reported."""

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from infra.base.errors import UsageError
from infra.intake.files.input_types import Input
from infra.intake.files.manifests import MANIFEST_NAMES, ManifestLine, parse_manifest, read_manifest
from infra.store.open_store import open_store
from parsers.record.capture import CapturedAtBasis

S3: Final = "s3://"
# What stands beside captures and is none: notes, tables, indexes, and the parts that browsers save with a page.
NO_CAPTURE: Final = re.compile(
    r"(?:^|/)(?:\.[^/]*|readme[^/]*|licen[cs]e[^/]*|thumbs\.db|[^/]*\.(?:jsonl?|csv|tsv|md|rst|pdf|ya?ml|toml|xml|log"
    r"|parquet|cdxj?|idx|sha\d+|md5|py|sh|js|mjs|css|map|woff2?|ttf|png|jpe?g|gif|webp|avif|svg|ico|mp[34]|webm)"
    r"(?:\.gz)?)$",
    re.IGNORECASE,
)
HIDDEN: Final = re.compile(r"(?:^|/)(?:\.(?!\./)|__MACOSX/)")  # `..` hides nothing: what it leads to is refused


@dataclass(frozen=True, slots=True)
class _Listing:
    """What a path stands for, on disk or in a bucket."""

    folder: str  # the folder that was named, or that holds the file that was
    is_whole: bool  # a folder was named: all that its manifests list has to be there
    captures: Iterable[tuple[str, int, datetime]]  # location, bytes, time of the last change
    manifest_in: Callable[[str], Mapping[str, ManifestLine]]  # of a folder: lines by identity
    exists: Callable[[str], bool]


def find_inputs(
    paths: Sequence[str],
    *,
    manifest: str | None = None,
    source: str | None = None,
    captured_at: datetime | None = None,
) -> list[Input]:
    """One input for each file or archive, before anything is written: in the order of the paths, folders sorted.

    Without `paths` the files that the manifest lists; without a `manifest`, each folder's own `manifest.jsonl` or
    `cases.jsonl` holds. `source` and `captured_at`, in UTC unless it has a zone, go before those of manifests.
    UsageError for a path that is missing, unreadable or holds nothing, a malformed manifest, or a file that it lists
    and that is not there.
    """
    if captured_at and captured_at.tzinfo is None:
        captured_at = captured_at.replace(tzinfo=UTC)
    lines = read_manifest(Path(manifest)) if manifest else None
    if lines is not None:
        _refuse_missing(lines, os.path.isfile)
    paths = paths or list(lines or ())
    if not paths:
        raise UsageError("there is nothing to read", "Name files, folders or s3:// prefixes, or give --manifest.")
    found: dict[str, Input] = {}
    for path in paths:
        listed = _inputs(_in_bucket(path), None) if path.startswith(S3) else _inputs(_on_disk(path), lines)
        for one, line in listed:
            known = replace(one, source=source)
            if captured_at:
                known = replace(known, captured_at=captured_at, captured_at_basis=CapturedAtBasis.OPTION)
            found.setdefault(_identity(one.location), line.said_of(known) if line else known)
    return list(found.values())


def is_capture_name(name: str) -> bool:
    """Whether a file in a folder or archive may be a capture, by its name; hidden files and folders are none."""
    return not NO_CAPTURE.search(name) and not HIDDEN.search(name)


def _identity(location: str) -> str:
    """The same for all links to a file."""
    return location if location.startswith(S3) else os.path.realpath(location)


def _inputs(
    listing: _Listing, manifest: Mapping[str, ManifestLine] | None
) -> Iterator[tuple[Input, ManifestLine | None]]:
    """The captures of a listing, with their lines in the manifest; without one, in those of their folders."""
    manifests: dict[str, Mapping[str, ManifestLine]] = {}
    for location, size, modified_at in listing.captures:
        identity, folder = _identity(location), location
        line = manifest.get(identity) if manifest is not None else None
        # A folder's manifest may describe what lies in folders below it; the nearest manifest holds.
        while manifest is None and len(folder) > len(listing.folder):
            folder = posixpath.dirname(folder)
            if folder not in manifests:
                manifests[folder] = listing.manifest_in(folder)
                if listing.is_whole:
                    _refuse_missing(manifests[folder], listing.exists)
            line = line or manifests[folder].get(identity)
        yield Input(location, size, modified_at, CapturedAtBasis.MTIME), line


def _refuse_missing(manifest: Mapping[str, ManifestLine], exists: Callable[[str], bool]) -> None:
    for file, line in manifest.items():
        if not exists(file):
            raise UsageError(f"{line.place}: {file} does not exist", "Correct the manifest, or put the file there.")


def _on_disk(path: str) -> _Listing:
    start = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links: the user's own name is kept
    if "\0" in path or not start.exists():
        raise UsageError(f"{path!r} does not exist", "Check the path; nothing was read or written.")
    is_folder = start.is_dir()
    files = _files_in(start) if is_folder else [start]
    if not files:
        raise UsageError(f"folder {path} holds no captures", "Name a folder with HTML, text, WARC or zip files.")
    folder = start if is_folder else start.parent
    return _Listing(str(folder), is_folder, map(_captured, files), _manifest_on_disk, os.path.isfile)


def _captured(file: Path) -> tuple[str, int, datetime]:
    if not file.is_file() or not os.access(file, os.R_OK):
        raise UsageError(f"{file} cannot be read", "Give a regular file that you have permission to read.")
    status = file.stat()
    return str(file), status.st_size, datetime.fromtimestamp(status.st_mtime, UTC)


def _files_in(folder: Path) -> list[Path]:
    """Captures below a folder, sorted by path; links may point within the folder only."""
    root = folder.resolve()

    def unreadable(error: OSError) -> None:
        what = f"{error.filename} cannot be read: {error.strerror}"
        raise UsageError(what, "Change its permissions, or leave it out.")

    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders + names:
            path = Path(parent, name)
            if path.is_symlink() and not name.startswith(".") and not path.resolve().is_relative_to(root):
                raise UsageError(f"link {path} leads out of {folder}", "Remove the link, or name its target itself.")
        found += [Path(parent, name) for name in names if is_capture_name(name)]
    return sorted(path for path in found if path.is_file())


def _manifest_on_disk(folder: str) -> Mapping[str, ManifestLine]:
    found = next((path for name in MANIFEST_NAMES if (path := Path(folder, name)).is_file()), None)
    return read_manifest(found) if found else {}


def _in_bucket(uri: str) -> _Listing:
    bucket, _, prefix = uri.removeprefix(S3).partition("/")
    root = S3 + bucket
    store = open_store(root)
    folder = prefix.rstrip("/")
    below = f"{folder}/" if folder else ""
    # An object of the very name is the one meant; else it is a folder, and "news" is not to find "news-old".
    listed = {one.key: one for one in store.list(folder) if one.key == prefix or one.key.startswith(below)}
    is_folder = prefix not in listed
    objects = [one for one in listed.values() if is_capture_name(one.key)] if is_folder else [listed[prefix]]
    if not objects:
        raise UsageError(f"{uri} holds no captures", "Check bucket and prefix; nothing was read or written.")

    def manifest_in(folder: str) -> Mapping[str, ManifestLine]:
        for place in (f"{folder}/{name}" for name in MANIFEST_NAMES):
            key = place.removeprefix(f"{root}/")
            if (key in listed or not is_folder) and (stored := store.get(key)):
                return {f"{folder}/{file}": line for file, line in parse_manifest(stored.body, place).items()}
        return {}

    return _Listing(
        posixpath.dirname(uri) if not is_folder else f"{root}/{below}".rstrip("/"),
        is_folder,
        [(f"{root}/{one.key}", one.size, one.modified_at) for one in objects],
        manifest_in,
        lambda location: location.removeprefix(f"{root}/") in listed,
    )

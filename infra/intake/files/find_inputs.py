"""From the paths a user names to inputs: folders and S3 prefixes expanded, manifests applied, mistakes reported."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
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
class _Given:
    """What the user says of all inputs; it goes before what manifests say."""

    source: str | None
    captured_at: datetime | None

    def input(self, location: str, size: int, modified_at: datetime, line: ManifestLine | None) -> Input:
        moment, basis = modified_at, CapturedAtBasis.MTIME
        if line and line.captured_at:
            moment, basis = line.captured_at, CapturedAtBasis.MANIFEST
        if self.captured_at:
            moment, basis = self.captured_at, CapturedAtBasis.OPTION
        source = self.source or (line.source if line else None)
        return Input(location, size, moment, basis, line.url if line else None, source)


def find_inputs(
    paths: Sequence[str],
    *,
    manifest: str | None = None,
    source: str | None = None,
    captured_at: datetime | None = None,
) -> list[Input]:
    """Find what there is to read, before anything is written.

    Args:
        paths: files, folders, `s3://bucket/prefix`; none = the files that the manifest lists.
        manifest: JSON lines file; without it, each folder's own `manifest.jsonl` or `cases.jsonl` holds.
        source: of all inputs, goes before the manifest's.
        captured_at: of all inputs, goes before the manifest's; without a zone it is UTC.

    Returns:
        One for each file or archive, in the order of the paths, folders sorted; each only once.

    Raises:
        UsageError: a path is missing, unreadable or holds nothing; a manifest is malformed or lists a missing file; a
            link leads out of its folder.
        NewslakeError: the bucket cannot be read.
    """
    if captured_at and captured_at.tzinfo is None:
        captured_at = captured_at.replace(tzinfo=UTC)
    given = _Given(source, captured_at)
    known = read_manifest(Path(manifest)) if manifest else None
    if known is not None:
        _refuse_missing(known)
    if not paths and known:
        paths = [str(file) for file in known]
    if not paths:
        raise UsageError("there is nothing to read", "Name files, folders or s3:// prefixes, or give --manifest.")
    found: dict[str, Input] = {}
    for path in paths:
        inputs = _in_bucket(path, given) if path.startswith(S3) else _on_disk(path, known, given)
        for one in inputs:
            found.setdefault(os.path.realpath(one.location) if "://" not in one.location else one.location, one)
    return list(found.values())


def is_capture_name(name: str) -> bool:
    """Whether a file in a folder or archive may be a capture, by its name; hidden files and folders are none."""
    return not NO_CAPTURE.search(name) and not HIDDEN.search(name)


def _on_disk(path: str, manifest: Mapping[Path, ManifestLine] | None, given: _Given) -> Iterator[Input]:
    start = Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links: the user's own name is kept
    if "\0" in path or not start.exists():
        raise UsageError(f"{path!r} does not exist", "Check the path; nothing was read or written.")
    if not start.is_dir():
        files = [start]
    elif not (files := list(_files_in(start))):
        raise UsageError(f"folder {path} holds no captures", "Name a folder with HTML, text, WARC or zip files.")
    own_manifests: dict[Path, Mapping[Path, ManifestLine]] = {}
    for file in files:
        if not file.is_file() or not os.access(file, os.R_OK):
            raise UsageError(f"{file} cannot be read", "Give a regular file that you have permission to read.")
        line = manifest.get(file.resolve()) if manifest is not None else None
        # A folder's manifest may describe what lies in folders below it; the nearest manifest holds.
        for folder in _parents(file, start) if manifest is None else ():
            if folder not in own_manifests:
                own_manifests[folder] = _own_manifest(folder)
                if start.is_dir():
                    _refuse_missing(own_manifests[folder])
            line = line or own_manifests[folder].get(file.resolve())
        status = file.stat()
        yield given.input(str(file), status.st_size, datetime.fromtimestamp(status.st_mtime, UTC), line)


def _parents(file: Path, start: Path) -> list[Path]:
    """Folders of a file, from its own up to the one that was named."""
    return [folder for folder in file.parents if folder == file.parent or folder.is_relative_to(start)]


def _files_in(folder: Path) -> Iterator[Path]:
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
    return iter(sorted(path for path in found if path.is_file()))


def _own_manifest(folder: Path) -> Mapping[Path, ManifestLine]:
    found = next((folder / name for name in MANIFEST_NAMES if (folder / name).is_file()), None)
    return read_manifest(found) if found else {}


def _refuse_missing(manifest: Mapping[Path, ManifestLine]) -> None:
    for file, line in manifest.items():
        if not file.is_file():
            raise UsageError(f"{line.place}: {file} does not exist", "Correct the manifest, or put the file there.")


def _in_bucket(uri: str, given: _Given) -> Iterator[Input]:
    bucket, _, prefix = uri.removeprefix(S3).partition("/")
    store = open_store(S3 + bucket)
    folder = prefix.rstrip("/")
    below = f"{folder}/" if folder else ""
    # An object of the very name is the one meant; else it is a folder, and "news" is not to find "news-old".
    listed = [one for one in store.list(folder) if one.key == prefix or one.key.startswith(below)]
    exact = [one for one in listed if one.key == prefix]
    objects = exact or [one for one in listed if is_capture_name(one.key)]
    if not objects:
        raise UsageError(f"{uri} holds no captures", "Check bucket and prefix; nothing was read or written.")
    keys = {one.key for one in listed}

    def manifest_in(above: str) -> Mapping[str, ManifestLine]:
        """A manifest beside objects; if a whole folder is read, all that it lists has to be there."""
        for key in (above + name for name in MANIFEST_NAMES):
            stored = store.get(key) if exact or key in keys else None
            if stored:
                lines = parse_manifest(stored.body, f"{store.uri}/{key}")
                missing = next((file for file in lines if not exact and above + file not in keys), None)
                if missing is not None:
                    what = f"{lines[missing].place}: {missing} does not exist"
                    raise UsageError(what, "Correct the manifest, or upload the file.")
                return lines
        return {}

    manifests: dict[str, Mapping[str, ManifestLine]] = {}
    for one in objects:
        line = None
        own_folder = PurePosixPath(one.key).parent
        for parent in PurePosixPath(one.key).parents:
            above = "" if str(parent) == "." else f"{parent}/"
            if parent != own_folder and (exact or not above.startswith(below)):
                break
            if above not in manifests:
                manifests[above] = manifest_in(above)
            line = line or manifests[above].get(one.key.removeprefix(above))
        yield given.input(f"{S3}{bucket}/{one.key}", one.size, one.modified_at, line)

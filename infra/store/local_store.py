"""The lake in a folder: atomic replacement, and conditional writes between processes of one machine.

A put writes a temporary file beside the target and syncs it; under a lock, compares the target with what the writer
read; renames; syncs the folder. (Measured: 8 processes x 50 updates of one key, none lost; 89 writers killed, no torn
file.) Locks are `flock`, so the kernel frees them when their holder dies. Folders shared over NFS are not tested.
"""

import errno
import fcntl
import hashlib
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from infra.base.errors import NewslakeError
from infra.store.object_store import (
    ConflictError,
    ObjectInfo,
    Stored,
    ignored_condition,
    range_missing,
    require_valid_key,
)

LOCK_FOLDER: Final = ".locks"  # a dot, so that no glob for **/*.parquet looks into it
# Keys share lock files by hash. A lock file must never be unlinked (while somebody waits for it, it would protect
# nothing), so their number must not grow with the lake. Two keys of one file only wait for each other's rename.
LOCK_FILES: Final = 256
TEMPORARY_PREFIX: Final = ".tmp-"  # a dot, so that readers' globs and `list` skip it
# What a power cut may take with it: below the first an index that tells whether it is whole, in the second a deletion.
# The notes that say where the index can't be believed are synced, and file systems that keep the order of renames and
# deletions, as ext4 and XFS do, lose no change of the index without the deletion of its note, which comes after it.
NOT_SYNCED: Final = "_catalog/days/"
DELETED_UNSYNCED: Final = "_catalog/changing/"
TEMPORARY_AGE_SECONDS: Final = 24 * 3600.0  # a write takes seconds; older ones were left by writers that were killed
SWEPT: Final = f"{LOCK_FOLDER}/swept"  # touched by each sweep: it walks the whole lake, which is for once a day


@dataclass(frozen=True, slots=True)
class LocalStore:
    """An `ObjectStore` in a folder. ETags are SHA-256 of the content, so equal content is no conflict."""

    root: Path  # absolute; made by the first `put` or `check`

    @classmethod
    def at(cls, path: str) -> "LocalStore":
        """The store in a folder given as a user writes it: relative or with `~`."""
        try:
            return cls(Path(path).expanduser().absolute())
        except (RuntimeError, OSError) as error:  # pathlib on a ~user that does not exist; a deleted working directory
            raise NewslakeError(f"Cannot find {path}: {error}", "Write the path of the folder in full.") from error

    @property
    def uri(self) -> str:
        """See `ObjectStore`."""
        return str(self.root)

    def get(self, key: str) -> Stored | None:
        """See `ObjectStore`."""
        path = self._path(key)
        with _explained(path, "read"):
            try:
                body = path.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None
        return Stored(body, hashlib.sha256(body).hexdigest())

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """See `ObjectStore`."""
        path = self._path(key)
        if offset < 0 or length < 1:
            raise range_missing(self.uri, key, offset, length)
        with _explained(path, "read"):
            try:
                with path.open("rb") as file:
                    missing = offset + length > os.fstat(file.fileno()).st_size
                    file.seek(offset)
                    # A damaged pointer must not reserve memory for bytes that are not there.
                    piece = b"" if missing else file.read(length)
            except (FileNotFoundError, NotADirectoryError):
                piece = b""
        if len(piece) != length:
            raise range_missing(self.uri, key, offset, length)
        return piece

    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        """See `ObjectStore`."""
        path = self._path(key)
        is_synced = not key.startswith(NOT_SYNCED)
        with _explained(path, "write"):
            _make_folder(path.parent)
            temporary = path.parent / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}"
            try:
                _write(temporary, body, is_synced=is_synced)
                with self._locked(key):
                    present = self.get(key)
                    if (present.etag if present else None) != if_match:
                        raise ConflictError(f"{path} is not what this writer read")
                    temporary.replace(path)
                    if is_synced:
                        _fsync_folder(path.parent)
            finally:
                temporary.unlink(missing_ok=True)
        return hashlib.sha256(body).hexdigest()

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `ObjectStore`."""
        with _explained(self.root, "list"):
            for key, entry in _files(str(self.root), "", prefix, ()):
                if entry.name.startswith(".") or not key.startswith(prefix):
                    continue
                with suppress(FileNotFoundError):  # deleted since the folder was read
                    status = entry.stat()
                    yield ObjectInfo(
                        key=key,
                        size=status.st_size,
                        # Every put makes a new file, so these three change with it; hashing would read all files.
                        etag=f"{status.st_mtime_ns:x}-{status.st_ino:x}-{status.st_size:x}",
                        modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
                    )

    def folders(self, prefix: str) -> Sequence[str]:
        """See `ObjectStore`; a folder without files counts too."""
        folder = self.root / prefix
        with _explained(folder, "list"):
            if not folder.is_dir():
                return []
            with os.scandir(folder) as entries:
                return sorted(each.name for each in entries if not each.name.startswith(".") and each.is_dir())

    def delete(self, key: str) -> None:
        """See `ObjectStore`."""
        path = self._path(key)
        with _explained(path, "delete"):
            if not path.parent.is_dir():
                return
            with self._locked(key):
                path.unlink(missing_ok=True)
                if not key.startswith(DELETED_UNSYNCED):
                    _fsync_folder(path.parent)

    def check(self) -> None:
        """Make the folder, try conditional writes in it, sweep what killed writers left."""
        with _explained(self.root, "make"):
            _make_folder(self.root)
        if ignored := ignored_condition(self):
            raise NewslakeError(
                f"The file system of {self.root} ignored {ignored}", "Put the lake on a local disk or on S3."
            )
        swept = self.root / SWEPT
        if not swept.exists() or swept.stat().st_mtime < time.time() - TEMPORARY_AGE_SECONDS:
            self.sweep(TEMPORARY_AGE_SECONDS)
            with _explained(swept, "write"):
                swept.touch()

    def sweep(self, older_than_seconds: float) -> int:
        """Delete temporary files that killed writers left; return how many."""
        swept = 0
        oldest = time.time() - older_than_seconds
        with _explained(self.root, "sweep"):
            for _, entry in _files(str(self.root), "", "", ()):
                if not entry.name.startswith(TEMPORARY_PREFIX):
                    continue
                with suppress(FileNotFoundError):  # its writer is alive after all, or another sweep was faster
                    if entry.stat().st_mtime < oldest:
                        Path(entry.path).unlink()
                        swept += 1
        return swept

    def _path(self, key: str) -> Path:
        require_valid_key(key)
        return self.root / key

    @contextmanager
    def _locked(self, key: str) -> Iterator[None]:
        """Hold the lock that this key shares with some others; blocks."""
        number = hashlib.sha256(key.encode()).digest()[0] % LOCK_FILES
        folder = self.root / LOCK_FOLDER
        folder.mkdir(exist_ok=True)
        lock = os.open(folder / f"{number:02x}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)  # close alone would leave it to a process that was forked meanwhile
            os.close(lock)


def _write(path: Path, body: bytes, *, is_synced: bool) -> None:
    """Write a new file with the permissions of the umask (tempfile's 0600 would lock out other users of the lake)."""
    with path.open("xb") as file:
        file.write(body)
        if is_synced:
            file.flush()
            os.fsync(file.fileno())


def _fsync_folder(path: Path) -> None:
    """Make a rename in a folder survive a power cut."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _make_folder(path: Path) -> None:
    """Make a folder and its parents, each durably."""
    if path.is_dir():
        return
    _make_folder(path.parent)
    path.mkdir(exist_ok=True)
    _fsync_folder(path.parent)


def _files(folder: str, key: str, prefix: str, above: tuple[str, ...]) -> "Iterator[tuple[str, os.DirEntry[str]]]":
    """Files below a folder that may be absent, with their keys, in the order of keys; hidden folders are skipped.

    `key` is the folder's own, with a slash at its end. What cannot hold keys with the prefix is left out. A link to a
    folder `above` ends the descent.
    """
    try:
        with os.scandir(folder) as entries:
            held = (each for each in entries if _may_hold(key + each.name, prefix))
            # A folder sorts with its slash: "a/b" comes after "a-b", as S3 lists them.
            named = sorted((entry.name + ("/" if entry.is_dir() else ""), entry) for entry in held)
    except FileNotFoundError:
        return
    above = (*above, folder)
    for name, entry in named:
        path = key + name
        if not name.endswith("/"):
            yield path, entry
        elif not name.startswith(".") and _may_hold(path, prefix) and not _leads_up(entry, above):
            yield from _files(entry.path, path, prefix, above)


def _may_hold(path: str, prefix: str) -> bool:
    return path.startswith(prefix) or prefix.startswith(path)


def _leads_up(entry: "os.DirEntry[str]", above: tuple[str, ...]) -> bool:
    return entry.is_symlink() and any(Path(entry.path).samefile(folder) for folder in above)


RIGHTS: Final = "Give this user the right to read and write there, or set NEWSLAKE_LAKE to another folder."
NOT_A_FOLDER: Final = "A file is in the place of a folder: move it away, or set NEWSLAKE_LAKE to another folder."
# What a user can do about an error of the operating system.
REMEDIES: Final = {
    errno.EACCES: RIGHTS,
    errno.EPERM: RIGHTS,
    errno.EROFS: "The file system is read-only: mount it for writing, or set NEWSLAKE_LAKE to another folder.",
    errno.ENOSPC: "Free some space or set NEWSLAKE_LAKE to a larger disk, then retry; nothing was lost.",
    errno.EDQUOT: "Free some of your disk quota, then retry; nothing was lost.",
    errno.ENOTDIR: NOT_A_FOLDER,
    errno.EEXIST: NOT_A_FOLDER,
    errno.EISDIR: "A folder is in the place of a file: move it away.",
    errno.ENOLCK: "This file system has no file locks: put the lake on a local disk or on S3.",
    errno.EMFILE: "Raise the limit of open files (ulimit -n), then retry.",
    errno.ENAMETOOLONG: "Shorten the path of the lake.",
    errno.EIO: "Check the disk and the file system, then retry.",
}


@contextmanager
def _explained(path: Path, doing: str) -> Iterator[None]:
    """Turn an OSError into an error that names the path and the remedy."""
    try:
        yield
    except OSError as error:
        remedy = REMEDIES.get(error.errno or 0, "Check the folder and its file system, then retry.")
        where = error.filename if isinstance(error.filename, str) else path
        raise NewslakeError(f"Cannot {doing} {where}: {error.strerror or error}", remedy) from error

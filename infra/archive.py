"""The raw layer: every capture byte for byte, in WARC files that are written once and never changed.

    raw/source=tass/date=2017-05-11/<run>-<worker>-<seq>.warc.gz    and beside it   <run>-<worker>-<seq>.cdxj

Each writer has its own names, so writers never wait for each other. The WARC is put before its index: an index that
is missing, because a writer was killed in between, or damaged, is made again from the WARC by whoever reads next.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from infra.errors import NewslakeError
from infra.object_store import ConflictError, ObjectStore
from infra.raw_index import Identity, IndexEntry, Pointer, read_index, write_index
from infra.warc import decode, encode, encode_info, scan
from parsers.capture import Capture

__all__ = ["UNKNOWN_SOURCE", "ArchivedCapture", "IndexEntry", "Pointer", "RawArchive"]

UNKNOWN_SOURCE: Final = "_unknown"  # folder of captures of no known source; no source file may take this name

MAX_OBJECT_BYTES: Final = 64 << 20  # an object is made in memory and put at once: twice this is what a writer needs
MAX_OBJECT_RECORDS: Final = 5_000  # as Media Cloud has it: re-indexing or copying one object stays a matter of seconds
WARC_SUFFIX: Final = ".warc.gz"
INDEX_SUFFIX: Final = ".cdxj"


@dataclass(frozen=True, slots=True)
class ArchivedCapture:
    """A capture and where it lies in the archive; `new` is False when the very same capture was there already."""

    capture: Capture
    pointer: Pointer
    new: bool


class RawArchive:
    """Writes and reads the raw layer of one lake.

    An object of this class remembers the index of each (source, day) that it wrote to: make one a task, and do not
    share it between threads. Two writers that archive the same capture at the same moment both keep it; every
    reader then agrees on the least pointer.
    """

    def __init__(self, store: ObjectStore) -> None:
        """Archive in `raw/` of a lake."""
        self._store = store
        self._folders: dict[str, _Folder] = {}

    def add(self, captures: Iterable[tuple[str, Capture]], *, run_id: str, worker: str) -> list[ArchivedCapture]:
        """Keep captures, each once.

        Args:
            captures: pairs of source name (or `UNKNOWN_SOURCE`) and capture.
            run_id: id of the run, part of the object names; letters, digits, `.`, `_` and `-`.
            worker: what tells this writer from the others of the same run; same characters.

        Returns:
            One for each capture given, in their order.

        Raises:
            NewslakeError: a name is malformed, the store failed, or a WARC without index is damaged.
        """
        _require(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "run id", run_id)
        _require(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "worker name", worker)
        placed = [(_folder_key(source, capture.captured_at.date()), capture) for source, capture in captures]
        by_folder: dict[str, dict[Identity, Capture]] = {}
        for folder, capture in placed:
            by_folder.setdefault(folder, {}).setdefault(Identity.of(capture), capture)
        fresh = {
            (folder, identity)
            for folder, group in by_folder.items()
            for identity in self._write(folder, group, f"{run_id}-{worker}")
        }
        archived = []
        for folder, capture in placed:
            identity = Identity.of(capture)
            archived.append(
                ArchivedCapture(capture, self._folders[folder].pointers[identity], (folder, identity) in fresh)
            )
            fresh.discard((folder, identity))
        return archived

    def read(self, pointer: Pointer) -> Capture:
        """Get one capture back, exactly as it was archived, with one ranged read.

        Raises:
            NewslakeError: the object is absent or damaged.
        """
        try:
            return decode(self._store.get_range(pointer.uri, pointer.offset, pointer.length))
        except ValueError as error:
            raise self._damaged(f"{pointer.uri} at byte {pointer.offset}", error) from error

    def sources(self) -> list[str]:
        """Source folders that have captures, sorted; among them `UNKNOWN_SOURCE`."""
        keys = (one.key for one in self._store.list("raw/source=") if one.key.endswith(WARC_SUFFIX))
        return sorted({_source_of(key) for key in keys})

    def days(self, source: str) -> list[date]:
        """UTC days on which captures of a source were got, sorted."""
        prefix = f"raw/source={_require_source(source)}/date="
        keys = (one.key.removeprefix(prefix) for one in self._store.list(prefix) if one.key.endswith(WARC_SUFFIX))
        return sorted({date.fromisoformat(key.partition("/")[0]) for key in keys})

    def entries(self, source: str, start: date | None = None, end: date | None = None) -> list[IndexEntry]:
        """What is archived of a source, by the UTC day of the capture.

        Args:
            source: name of the source, or `UNKNOWN_SOURCE`.
            start: first day, None = from the beginning.
            end: day after the last one, None = to the end.

        Returns:
            One entry a capture, sorted by capture time, then pointer.

        Raises:
            NewslakeError: a WARC without index is damaged.
        """
        least: dict[Identity, IndexEntry] = {}
        for day in self.days(source):
            if (start is None or start <= day) and (end is None or day < end):
                for entry in self._load(_folder_key(source, day)).entries:
                    if entry.identity not in least or entry.pointer < least[entry.identity].pointer:
                        least[entry.identity] = entry
        return sorted(least.values(), key=lambda entry: (entry.captured_at, entry.pointer))

    def _write(self, folder: str, group: dict[Identity, Capture], writer: str) -> list[Identity]:
        """Write what is not there yet, in as many objects as it takes; the identities that were written."""
        known = self._folders[folder] if folder in self._folders else self._load(folder)
        written: list[Identity] = []
        waiting = [identity for identity in group if identity not in known.pointers]
        sequence = 0
        while waiting:
            key = f"{folder}{writer}-{sequence:05}{WARC_SUFFIX}"
            sequence += 1
            if key in known.warc_keys:
                continue
            body, entries = _pack([group[identity] for identity in waiting], key, _source_of(folder))
            try:
                self._store.put(key, body, if_match=None)
            except ConflictError:  # an earlier try of this very run came so far after all: its captures count
                known.take_in(key, self._entries_of(key))
                waiting = [identity for identity in waiting if identity not in known.pointers]
                continue
            self._put_index(key, entries)
            known.take_in(key, entries)
            written += waiting[: len(entries)]
            waiting = waiting[len(entries) :]
        return written

    def _load(self, folder: str) -> "_Folder":
        """Read all indexes of one (source, day), and remember them."""
        known = self._folders[folder] = _Folder()
        for one in self._store.list(folder):
            if one.key.endswith(WARC_SUFFIX):
                known.take_in(one.key, self._entries_of(one.key))
        return known

    def _entries_of(self, warc_key: str) -> list[IndexEntry]:
        """The index of one WARC; made again where it is missing or damaged."""
        index_key = warc_key.removesuffix(WARC_SUFFIX) + INDEX_SUFFIX
        stored = self._store.get(index_key)
        if stored:
            try:
                return read_index(stored.body, _source_of(warc_key), warc_key)
            except ValueError:
                self._store.delete(index_key)  # it says nothing that the WARC does not
        warc = self._store.get(warc_key)
        if warc is None:
            return []  # deleted since it was listed
        try:
            found = scan(warc.body)
        except ValueError as error:
            raise self._damaged(warc_key, error) from error
        source = _source_of(warc_key)
        entries = [
            IndexEntry.of(source, capture, Pointer(warc_key, offset, length)) for offset, length, capture in found
        ]
        self._put_index(warc_key, entries)
        return entries

    def _put_index(self, warc_key: str, entries: list[IndexEntry]) -> None:
        # On a conflict a reader found the WARC without index and was faster: it wrote the same.
        with suppress(ConflictError):
            self._store.put(warc_key.removesuffix(WARC_SUFFIX) + INDEX_SUFFIX, write_index(entries), if_match=None)

    def _damaged(self, what: str, error: ValueError) -> NewslakeError:
        return NewslakeError(
            f"{what} in {self._store.uri} is damaged: {error}",
            "Restore the object from a copy; if there is none, delete it and its .cdxj and ingest its source again.",
        )


class _Folder:
    """What is known to lie in one (source, day)."""

    def __init__(self) -> None:
        self.warc_keys: set[str] = set()
        self.entries: list[IndexEntry] = []
        self.pointers: dict[Identity, Pointer] = {}

    def take_in(self, warc_key: str, entries: list[IndexEntry]) -> None:
        self.warc_keys.add(warc_key)
        self.entries += entries
        for entry in entries:
            known = self.pointers.get(entry.identity)
            self.pointers[entry.identity] = entry.pointer if known is None else min(known, entry.pointer)


def _pack(captures: list[Capture], key: str, source: str) -> tuple[bytes, list[IndexEntry]]:
    """As many of the captures, from the first on, as one object may hold, and their index entries."""
    captures = captures[:MAX_OBJECT_RECORDS]
    members = [encode_info(key.rpartition("/")[2], max(capture.captured_at for capture in captures))]
    size = len(members[0])
    entries: list[IndexEntry] = []
    for capture in captures:
        member = encode(capture)
        if entries and size + len(member) > MAX_OBJECT_BYTES:
            break
        entries.append(IndexEntry.of(source, capture, Pointer(key, size, len(member))))
        members.append(member)
        size += len(member)
    return b"".join(members), entries


def _folder_key(source: str, day: date) -> str:
    return f"raw/source={_require_source(source)}/date={day.isoformat()}/"


def _source_of(key: str) -> str:
    return key.removeprefix("raw/source=").partition("/")[0]


def _require_source(source: str) -> str:
    return _require(r"[a-z0-9_]{1,100}", "source name", source)


def _require(pattern: str, what: str, name: str) -> str:
    if not re.fullmatch(pattern, name):
        raise NewslakeError(f"{name[:200]!r} is no valid {what}", f"It is part of file names: match {pattern}.")
    return name

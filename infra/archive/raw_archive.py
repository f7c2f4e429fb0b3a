"""The raw layer: every capture byte for byte, in WARC files that are written once and never changed.

    raw/source=tass/date=2017-05-11/<run>-<worker>-<seq>.warc.gz    and beside it   <run>-<worker>-<seq>.cdxj

Each writer has its own names, so writers never wait for each other. The WARC is put before its index: whoever finds an
index missing, because a writer was killed in between, or damaged, makes it again from the WARC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from types import MappingProxyType
from typing import Final

from infra.archive.foreign import Member, MemberInFile
from infra.archive.raw_index import IndexEntry, Pointer
from infra.archive.raw_objects import (
    WARC_SUFFIX,
    RawObjects,
    damaged,
    folder_key,
    require_name,
    require_source,
    source_of,
)
from infra.archive.warc import Revisit, decode, encode, encode_info
from infra.base.stop import Threads
from infra.store.object_store import ConflictError, ObjectStore
from parsers.record.capture import Capture, CaptureIdentity

__all__ = ["ArchivedCapture", "IndexEntry", "Pointer", "RawArchive"]


MAX_OBJECT_BYTES: Final = 64 << 20  # an object is made in memory and put at once: a writer needs twice this
MAX_OBJECT_RECORDS: Final = 5_000  # as in Media Cloud: re-indexing one object takes seconds

# No name begins with 0: objects that earlier versions merged have such names, which everybody prefers as the least.
WRITER_NAME: Final = r"[A-Za-z1-9][A-Za-z0-9._-]{0,99}"


Folder = tuple[str, date]  # source and capture day


@dataclass(frozen=True, slots=True)
class ArchivedCapture:
    """A capture and where it lies in the archive; `new` is False when the very same capture was there already."""

    capture: Capture
    pointer: Pointer
    new: bool


class RawArchive:
    """Writes and reads the raw layer of one lake.

    It remembers the indexes of each (source, day) that it wrote to: make one for each task, and do not share it between
    threads. Two writers that archive the same capture at the same moment both keep it; every reader then agrees on the
    least pointer.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._objects = RawObjects(store)
        self._folders: dict[Folder, _Folder] = {}

    def add(
        self,
        captures: Iterable[tuple[str, Capture]],
        *,
        run_id: str,
        worker: str,
        records: Mapping[CaptureIdentity, Member] = MappingProxyType({}),
    ) -> list[ArchivedCapture]:
        """Keep captures, each once.

        They come with the name of their source, or `UNKNOWN_SOURCE`, and are returned in their order. `run_id` and
        `worker`, which tells this writer from others of the run, are parts of object names. `records` holds those
        that are made already, of captures that then may be without their body.
        """
        require_name(WRITER_NAME, "run id", run_id)
        require_name(WRITER_NAME.replace("1-9", "0-9"), "worker name", worker)
        placed = [((require_source(source), capture.captured_at.date()), capture) for source, capture in captures]
        by_folder: dict[Folder, dict[CaptureIdentity, Capture]] = {}
        for folder, capture in placed:
            by_folder.setdefault(folder, {}).setdefault(capture.identity, capture)

        def write(folder: Folder) -> list[tuple[Folder, CaptureIdentity]]:
            return self._write(folder, by_folder[folder], f"{run_id}-{worker}", records)

        with Threads() as pool:  # folders share no objects; what takes the time is waiting for the store
            fresh = set(chain.from_iterable(pool.map(write, by_folder)))
        archived = []
        for folder, capture in placed:
            identity = capture.identity
            pointer = self._folders[folder].least[identity].pointer
            archived.append(ArchivedCapture(capture, pointer, (folder, identity) in fresh))
            fresh.discard((folder, identity))
        return archived

    def read(self, pointer: Pointer) -> Capture:
        """Get one capture back, exactly as it was archived, with one ranged read, or two for a revisit."""
        record = self._record(pointer)
        if isinstance(record, Capture):
            return record
        original = self._record(record.original)
        try:
            if isinstance(original, Revisit):
                raise ValueError(f"its original at byte {record.original.offset} of {record.original.uri} has no body")
            return record.with_body(original.body)
        except ValueError as error:
            raise damaged(self._store, f"{pointer.uri} at byte {pointer.offset}", error) from error

    def entries(self, source: str, start: date | None = None, end: date | None = None) -> list[IndexEntry]:
        """One entry for each capture of a source from the UTC day `start` to the one before `end`, sorted by time."""
        days = [day for _, day in self._objects.folders(source) if (start or day) <= day and (end is None or day < end)]
        with Threads() as pool:
            entries = chain.from_iterable(pool.map(lambda day: self._load((source, day)).least.values(), days))
            return sorted(entries, key=lambda entry: (entry.captured_at, entry.pointer))

    def _record(self, pointer: Pointer) -> Capture | Revisit:
        try:
            return decode(self._store.get_range(pointer.uri, pointer.offset, pointer.length))
        except ValueError as error:
            raise damaged(self._store, f"{pointer.uri} at byte {pointer.offset}", error) from error

    def _write(
        self,
        folder: Folder,
        group: dict[CaptureIdentity, Capture],
        writer: str,
        records: Mapping[CaptureIdentity, Member],
    ) -> list[tuple[Folder, CaptureIdentity]]:
        """Write what is not there yet, in as many objects as it takes; return the identities that were written."""
        known = self._folders.get(folder) or self._load(folder)
        written: list[CaptureIdentity] = []
        waiting = [identity for identity in group if identity not in known.least]
        sequence = 0
        while waiting:
            key = f"{folder_key(*folder)}{writer}-{sequence:05}{WARC_SUFFIX}"
            sequence += 1
            if key in known.warc_keys:
                continue
            body, entries = self._pack([group[identity] for identity in waiting], key, records)
            try:
                self._objects.put(key, body, entries)
            except ConflictError:  # an earlier try of this run got this far after all: its captures count
                known.take_in(key, self._objects.entries_of(key))
                waiting = [identity for identity in waiting if identity not in known.least]
                continue
            known.take_in(key, entries)
            written += waiting[: len(entries)]
            waiting = waiting[len(entries) :]
        return [(folder, identity) for identity in written]

    def _pack(
        self, captures: list[Capture], key: str, records: Mapping[CaptureIdentity, Member]
    ) -> tuple[bytes, list[IndexEntry]]:
        """As many of the first captures as one object may hold, and their index entries."""
        captures = captures[:MAX_OBJECT_RECORDS]
        members = [encode_info(key.rpartition("/")[2], max(capture.captured_at for capture in captures))]
        size = len(members[0])
        entries: list[IndexEntry] = []
        for capture in captures:
            kept = records.get(capture.identity) or encode(capture)
            member = kept.read() if isinstance(kept, MemberInFile) else kept
            if entries and size + len(member) > MAX_OBJECT_BYTES:
                break
            entries.append(IndexEntry.of(source_of(key), capture, Pointer(key, size, len(member))))
            members.append(member)
            size += len(member)
        return b"".join(members), entries

    def _load(self, folder: Folder) -> "_Folder":
        known = self._folders[folder] = _Folder()
        for one in self._objects.load(*folder):
            known.take_in(one.key, one.entries)
        return known


class _Folder:
    def __init__(self) -> None:
        self.warc_keys: set[str] = set()
        self.least: dict[CaptureIdentity, IndexEntry] = {}

    def take_in(self, warc_key: str, entries: Iterable[IndexEntry]) -> None:
        self.warc_keys.add(warc_key)
        for entry in entries:
            # Of all entries of a capture every reader is to use the same.
            self.least[entry.identity] = min(entry, self.least.get(entry.identity, entry), key=lambda each: each.rank)

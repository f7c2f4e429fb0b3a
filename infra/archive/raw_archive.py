"""The raw layer: every capture byte for byte, in WARC files that are written once and never changed.

    raw/source=tass/date=2017-05-11/<run>-<worker>-<seq>.warc.gz    and beside it   <run>-<worker>-<seq>.cdxj

Each writer has its own names, so writers never wait for each other. The WARC is put before its index, and deleted after
it: whoever finds an index missing, because a writer was killed in between, or damaged, makes it again from the WARC.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from types import MappingProxyType
from typing import Final

from infra.archive.raw_index import IndexEntry, Pointer, read_index, write_index
from infra.archive.warc import Member, MemberInFile, OutsideError, Revisit, decode, encode, encode_info, scan
from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.store.object_store import ConflictError, ObjectStore
from parsers.record.capture import Capture, CaptureIdentity

__all__ = ["ArchivedCapture", "IndexEntry", "Pointer", "RawArchive"]

WARC_SUFFIX: Final = ".warc.gz"
INDEX_SUFFIX: Final = ".cdxj"
LEFT_SUFFIX: Final = ".expiring"  # earlier versions put such an object beside a WARC that was to be deleted
# Earlier versions wrote a body of the same address once within so many days; see `infra.archive.warc`.
REVISIT_DAYS: Final = 2
WARC_KEY: Final = re.compile(r"raw/source=([a-z0-9_]+)/date=(\d{4}-\d\d-\d\d)/[^/]+\.warc\.gz")
RESTORE: Final = (
    "Restore the object from a copy; if there is none, move it out of the lake, delete its .cdxj, ingest it for what is"
    " whole, and reparse its source."
)
MAX_OBJECT_BYTES: Final = 32 << 20  # an object is made in memory and put at once: each writer needs twice this
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


@dataclass(frozen=True, slots=True)
class RawObject:
    """One WARC of the raw layer, with its index."""

    key: str
    size: int  # bytes, with the index
    modified_at: datetime  # by the store's clock
    entries: tuple[IndexEntry, ...]


class RawArchive:
    """Writes and reads the raw layer of one lake: one for each task, not to be shared between threads.

    Two writers that archive the same capture at the same moment both keep it; every reader agrees on the least pointer.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._folders: dict[Folder, _Folder] = {}

    def add(
        self,
        captures: Iterable[tuple[str, Capture]],
        *,
        run_id: str,
        worker: str,
        records: Mapping[CaptureIdentity, Member] = MappingProxyType({}),
    ) -> list[ArchivedCapture]:
        """Keep captures, which come with the name of their source, each once; they are returned in their order.

        `records` holds those that are made already, of captures that then may be without their body.
        """
        _require_name(WRITER_NAME, "run id", run_id)
        _require_name(WRITER_NAME.replace("1-9", "0-9"), "worker name", worker)
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
        if record.original.is_outside:
            return self._read_outside(pointer, record)
        original = self._record(record.original)
        try:
            if isinstance(original, Revisit):
                raise ValueError(f"its original at byte {record.original.offset} of {record.original.uri} has no body")
            return record.with_body(original.body)
        except ValueError as error:
            raise damaged(self._store, f"{pointer.uri} at byte {pointer.offset}", error) from error

    def entries(self, source: str, start: date | None = None, end: date | None = None) -> list[IndexEntry]:
        """One entry for each capture of a source from the UTC day `start` to the one before `end`, sorted by time."""
        days = [day for _, day in self.folders(source) if (start or day) <= day and (end is None or day < end)]
        with Threads() as pool:
            entries = chain.from_iterable(pool.map(lambda day: self._load((source, day)).least.values(), days))
            return sorted(entries, key=lambda entry: (entry.captured_at, entry.pointer))

    def folders(self, source: str | None = None) -> list[tuple[str, date]]:
        """Each (source, day) that has captures, sorted; from one listing."""
        prefix = "raw/source=" if source is None else f"raw/source={require_source(source)}/"
        matches = (WARC_KEY.fullmatch(info.key) for info in self._store.list(prefix))
        return sorted({(match[1], date.fromisoformat(match[2])) for match in matches if match})

    def load(self, source: str, day: date) -> list[RawObject]:
        """All WARCs of one (source, day) with their indexes, by key."""
        listed = {info.key: info for info in self._store.list(folder_key(source, day))}
        found = []
        for key, info in listed.items():
            if key.endswith(WARC_SUFFIX):
                index = listed.get(beside(key, INDEX_SUFFIX))
                size = info.size + (index.size if index else 0)
                found.append(RawObject(key, size, info.modified_at, tuple(self.entries_of(key))))
        return found

    def entries_of(self, warc_key: str) -> list[IndexEntry]:
        """The index of one WARC; made again where it is missing or damaged, empty if there is no such WARC."""
        index_key = beside(warc_key, INDEX_SUFFIX)
        if stored := self._store.get(index_key):
            try:
                return read_index(stored.body, source_of(warc_key), warc_key)
            except ValueError:
                self._store.delete(index_key)  # it says nothing that the WARC does not
        warc = self._store.get(warc_key)
        if warc is None:
            return []  # deleted since it was listed
        try:
            entries = list(indexed(warc.body, warc_key))
        except ValueError as error:
            raise damaged(self._store, warc_key, error) from error
        self._put_index(warc_key, entries)
        return entries

    def delete(self, source: str, day: date, until: datetime) -> None:
        """Delete what of one (source, day) was written until then; repeat it if it was interrupted."""
        written = [info.key for info in self._store.list(folder_key(source, day)) if info.modified_at <= until]
        # Indexes first. Run ids sort by time: of WARCs the later ones first, which may revisit bodies in others.
        for key in sorted(written, key=lambda key: (not key.endswith(WARC_SUFFIX), key), reverse=True):
            self._store.delete(key)

    def _put_index(self, warc_key: str, entries: list[IndexEntry]) -> None:
        # On a conflict a reader found the WARC without index and was faster: it wrote the same.
        with suppress(ConflictError):
            self._store.put(beside(warc_key, INDEX_SUFFIX), write_index(entries), if_match=None)

    def _read_outside(self, pointer: Pointer, record: Revisit) -> Capture:
        """The whole capture of a file that was ingested in place, or of what was ingested since then in its stead."""
        try:
            return record.read_in_place()
        except OutsideError:
            folder = source_of(pointer.uri), day_of(pointer.uri)
            known = self._folders.get(folder) or self._load(folder)
            identity = replace(record.seen.identity, digest=record.digest)
            for other in known.others(identity, pointer):
                with suppress(NewslakeError):
                    found = self._record(other)
                    return found.read_in_place() if isinstance(found, Revisit) else found
            raise

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

        def still_lacking(identities: Iterable[CaptureIdentity]) -> list[CaptureIdentity]:
            return [each for each in identities if known.lacks(each, place_of(records.get(each)))]

        waiting = still_lacking(group)
        sequence = 0
        while waiting:
            key = f"{folder_key(*folder)}{writer}-{sequence:05}{WARC_SUFFIX}"
            sequence += 1
            if key in known.warc_keys:
                continue
            body, entries = self._pack([group[identity] for identity in waiting], key, records)
            try:
                self._store.put(key, body, if_match=None)
                self._put_index(key, entries)
            except ConflictError:  # an earlier try of this run got this far after all: its captures count
                known.take_in(key, self.entries_of(key))
                waiting = still_lacking(waiting)
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
            if original := place_of(kept):
                kept = encode(capture, original)
            member = kept.read() if isinstance(kept, MemberInFile) else kept
            if entries and size + len(member) > MAX_OBJECT_BYTES:
                break
            entries.append(IndexEntry.of(source_of(key), capture, Pointer(key, size, len(member)), original))
            members.append(member)
            size += len(member)
        return b"".join(members), entries

    def _load(self, folder: Folder) -> "_Folder":
        known = self._folders[folder] = _Folder()
        for one in self.load(*folder):
            known.take_in(one.key, one.entries)
        return known


class _Folder:
    def __init__(self) -> None:
        self.warc_keys: set[str] = set()
        self.least: dict[CaptureIdentity, IndexEntry] = {}
        # Places of bodies outside of the lake, and the record that leads to each.
        self.outside: dict[CaptureIdentity, dict[Pointer, Pointer]] = {}

    def take_in(self, warc_key: str, entries: Iterable[IndexEntry]) -> None:
        self.warc_keys.add(warc_key)
        for entry in entries:
            # Of all entries of a capture every reader is to use the same.
            self.least[entry.identity] = min(entry, self.least.get(entry.identity, entry), key=lambda each: each.rank)
            if entry.original and entry.original.is_outside:
                self.outside.setdefault(entry.identity, {})[entry.original] = entry.pointer

    def lacks(self, identity: CaptureIdentity, place: Pointer | None) -> bool:
        """Whether a capture is to be written whose body stays in a place outside, or comes into the lake."""
        entry = self.least.get(identity)
        if entry is None or entry.original is None:
            return entry is None
        return entry.original.is_outside and place not in self.outside[identity]

    def others(self, identity: CaptureIdentity, pointer: Pointer) -> list[Pointer]:
        """Other records of a capture than the one there, those with a body first."""
        least = [self.least[identity].pointer] if identity in self.least else []
        return [each for each in (*least, *self.outside.get(identity, {}).values()) if each != pointer]


def place_of(record: Member | None) -> Pointer | None:
    """Where the body of a capture stays that is ingested in place."""
    if isinstance(record, MemberInFile) and record.in_place:
        return Pointer(record.path, record.offset, record.length)
    return None


def damaged(store: ObjectStore, what: str, error: Exception) -> NewslakeError:
    """The error for a raw object, or a place in it, that differs from what was written."""
    return NewslakeError(f"{what} in {store.uri} is damaged: {error}", RESTORE)


def folder_key(source: str, day: date) -> str:
    """Prefix of the keys of one (source, day)."""
    return f"raw/source={require_source(source)}/date={day.isoformat()}/"


def source_of(key: str) -> str:
    """Source folder of a key."""
    return key.removeprefix("raw/source=").partition("/")[0]


def day_of(key: str) -> date:
    """Capture day of a key."""
    return date.fromisoformat(key.split("/")[2].removeprefix("date="))


def beside(warc_key: str, suffix: str) -> str:
    """Key of what stands beside a WARC."""
    return warc_key.removesuffix(WARC_SUFFIX) + suffix


def require_source(source: str) -> str:
    """The name of a source folder; NewslakeError if it could leave its folder."""
    return _require_name(r"[a-z0-9_]{1,100}", "source name", source)


def _require_name(pattern: str, what: str, name: str) -> str:
    if not re.fullmatch(pattern, name):
        raise NewslakeError(f"{name[:200]!r} is no valid {what}", f"It is part of file names: match {pattern}.")
    return name


def indexed(warc: bytes, key: str) -> Iterator[IndexEntry]:
    """The entries of all captures in a WARC, in their order; ValueError if a record is damaged."""
    for offset, length, record in scan(warc):
        place = Pointer(key, offset, length)
        if isinstance(record, Capture):
            yield IndexEntry.of(source_of(key), record, place)
        else:
            entry = IndexEntry.of(source_of(key), record.seen, place, record.original)
            yield replace(entry, digest=record.digest)

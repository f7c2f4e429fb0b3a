"""The raw layer: every capture byte for byte, in WARC files that are written once and never changed.

    raw/source=tass/date=2017-05-11/<run>-<worker>-<seq>.warc.gz    and beside it   <run>-<worker>-<seq>.cdxj

Each writer has its own names, so writers never wait for each other. The WARC is put before its index: whoever finds an
index missing, because a writer was killed in between, or damaged, makes it again from the WARC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Final

from infra.archive.raw_index import IndexEntry, Pointer
from infra.archive.raw_objects import (
    WARC_SUFFIX,
    RawObjects,
    damaged,
    day_of,
    folder_key,
    keep_least,
    require_name,
    require_source,
    source_of,
)
from infra.archive.warc import Revisit, decode, encode, encode_info, encode_revisit
from infra.base.stop import Threads
from infra.store.object_store import ConflictError, ObjectStore
from parsers.record.capture import Capture, CaptureIdentity

__all__ = ["ArchivedCapture", "IndexEntry", "Pointer", "RawArchive"]


MAX_OBJECT_BYTES: Final = 64 << 20  # an object is made in memory and put at once: a writer needs twice this
MAX_OBJECT_RECORDS: Final = 5_000  # as in Media Cloud: re-indexing one object takes seconds

# A revisit record takes 0.9 KB, and every read of it a second request. Pages begin at 50 KB, 13 KB gzipped (half of all
# have more than 190 and 30 KB); below this limit, some 4 KB gzipped, a copy costs less than it saves.
MIN_REVISIT_BYTES: Final = 16 << 10
# A revisit's original is looked for on its own capture day and so many days before. News sitemaps and feeds reach back
# two days, so pages are fetched again within these; each more costs every writer a listing and its indexes.
REVISIT_DAYS: Final = 2
WRITERS: Final = 8  # boto3 is bound by Python's CPU time: past 8 threads there is little gain
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
class Record:
    """A capture as the archive keeps it; its body is needed no more."""

    member: bytes  # one gzip member
    body_bytes: int

    @classmethod
    def of(cls, capture: Capture, member: bytes | None = None) -> "Record":
        """The record of a capture; `member` is one that says the same (`infra.archive.foreign`)."""
        return cls(member or encode(capture), len(capture.body))


class RawArchive:
    """Writes and reads the raw layer of one lake.

    It remembers the indexes of each (source, day) that it wrote to, and of the days before: make one for each task, and
    do not share it between threads. Two writers that archive the same capture at the same moment both keep it; every
    reader then agrees on the least pointer.
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
        records: Mapping[CaptureIdentity, Record] = MappingProxyType({}),
    ) -> list[ArchivedCapture]:
        """Keep captures, each once, and a large body of one address once for all its captures within some days.

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
        by_source = groupby(sorted(by_folder.items(), key=itemgetter(0)), lambda each: each[0][0])

        def write(folders: list[tuple[Folder, dict[CaptureIdentity, Capture]]]) -> list[tuple[Folder, CaptureIdentity]]:
            return [
                (folder, identity)
                for folder, group in folders  # by day: a revisit comes after its original
                for identity in self._write(*folder, group, f"{run_id}-{worker}", records)
            ]

        with Threads(WRITERS) as pool:  # sources share no objects; what takes the time is waiting for the store
            fresh = set(chain.from_iterable(pool.map(write, [list(folders) for _, folders in by_source])))
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

    def days(self, source: str) -> list[date]:
        """UTC days of a source's captures, sorted."""
        return [day for _, day in self._objects.folders(source)]

    def entries(self, source: str, start: date | None = None, end: date | None = None) -> list[IndexEntry]:
        """One entry for each capture of a source from the UTC day `start` to the one before `end`, sorted by time."""
        days = [day for day in self.days(source) if (start is None or start <= day) and (end is None or day < end)]
        entries = chain.from_iterable(self._load(source, day).least.values() for day in days)
        return sorted(entries, key=lambda entry: (entry.captured_at, entry.pointer))

    def _record(self, pointer: Pointer) -> Capture | Revisit:
        try:
            return decode(self._store.get_range(pointer.uri, pointer.offset, pointer.length))
        except ValueError as error:
            raise damaged(self._store, f"{pointer.uri} at byte {pointer.offset}", error) from error

    def _write(
        self,
        source: str,
        day: date,
        group: dict[CaptureIdentity, Capture],
        writer: str,
        records: Mapping[CaptureIdentity, Record],
    ) -> list[CaptureIdentity]:
        """Write what is not there yet, in as many objects as it takes; return the identities that were written."""
        known = self._known(source, day)
        written: list[CaptureIdentity] = []
        waiting = [identity for identity in group if identity not in known.least]
        sequence = 0
        while waiting:
            key = f"{folder_key(source, day)}{writer}-{sequence:05}{WARC_SUFFIX}"
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
        return written

    def _pack(
        self, captures: list[Capture], key: str, records: Mapping[CaptureIdentity, Record]
    ) -> tuple[bytes, list[IndexEntry]]:
        """As many of the first captures as one object may hold, and their index entries."""
        captures = captures[:MAX_OBJECT_RECORDS]
        members = [encode_info(key.rpartition("/")[2], max(capture.captured_at for capture in captures))]
        size = len(members[0])
        here = _Folder()
        for capture in captures:
            record = records.get(capture.identity) or Record.of(capture)
            original = self._original_of(capture, record.body_bytes, here, key)
            member = encode_revisit(_whole(capture, record), original) if original else record.member
            if here.entries and size + len(member) > MAX_OBJECT_BYTES:
                break
            place = Pointer(key, size, len(member))
            here.take_in(key, [IndexEntry.of(source_of(key), capture, place, original.pointer if original else None)])
            members.append(member)
            size += len(member)
        return b"".join(members), here.entries

    def _original_of(self, capture: Capture, body_bytes: int, here: "_Folder", key: str) -> IndexEntry | None:
        """A record with the same body of the same address: earlier in this object, on its day or shortly before."""
        if body_bytes < MIN_REVISIT_BYTES:
            return None
        body = capture.url, capture.digest
        day = day_of(key)
        days = (day - timedelta(days=back) for back in range(min(REVISIT_DAYS + 1, day.toordinal())))
        found = (self._known(source_of(key), each).bodies.get(body) for each in days)
        return here.bodies.get(body) or next(filter(None, found), None)

    def _known(self, source: str, day: date) -> "_Folder":
        return self._folders.get((source, day)) or self._load(source, day)

    def _load(self, source: str, day: date) -> "_Folder":
        """Read all indexes of one (source, day), and remember them."""
        known = self._folders[source, day] = _Folder()
        for one in self._objects.load(source, day):
            known.take_in(one.key, [] if one.expiring_since else one.entries)
        return known


def _whole(capture: Capture, record: Record) -> Capture:
    """A capture with the body that its record has."""
    if len(capture.body) == record.body_bytes:
        return capture
    packed = decode(record.member)
    return packed if isinstance(packed, Capture) else packed.seen


class _Folder:
    """What is known to lie in one (source, day), or in one object."""

    def __init__(self) -> None:
        self.warc_keys: set[str] = set()
        self.entries: list[IndexEntry] = []
        self.least: dict[CaptureIdentity, IndexEntry] = {}
        self.bodies: dict[tuple[str | None, str], IndexEntry] = {}  # by address and digest; no revisits

    def take_in(self, warc_key: str, entries: Iterable[IndexEntry]) -> None:
        self.warc_keys.add(warc_key)
        for entry in entries:
            self.entries.append(entry)
            keep_least(self.least, entry.identity, entry)
            if entry.original is None:
                keep_least(self.bodies, (entry.url, entry.digest), entry)

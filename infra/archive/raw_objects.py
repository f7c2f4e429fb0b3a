"""The objects of the raw layer: how they are named, listed with their indexes, written and deleted.

    raw/source=tass/date=2017-05-11/<run>-<worker>-<seq>.warc.gz     the captures; written once, never changed
                                    <run>-<worker>-<seq>.cdxj        their index: can be made again

A WARC is put before its index and deleted after it, so an index without a WARC is always a leftover.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from infra.archive.raw_index import IndexEntry, Pointer, read_index, write_index
from infra.archive.warc import scan
from infra.base.errors import NewslakeError
from infra.store.object_store import ConflictError, ObjectStore
from parsers.record.capture import Capture

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


@dataclass(frozen=True, slots=True)
class RawObject:
    """One WARC of the raw layer, with its index."""

    key: str
    size: int  # bytes, with the index
    modified_at: datetime  # by the store's clock
    entries: tuple[IndexEntry, ...]


class RawObjects:
    """The objects of one lake's raw layer. Remembers nothing."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

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
        stored = self._store.get(index_key)
        if stored:
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

    def put(self, key: str, warc: bytes, entries: list[IndexEntry]) -> None:
        """Write a WARC, then its index; ConflictError if there is an object of that name."""
        self._store.put(key, warc, if_match=None)
        self._put_index(key, entries)

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
    return require_name(r"[a-z0-9_]{1,100}", "source name", source)


def require_name(pattern: str, what: str, name: str) -> str:
    """A name that matches a pattern; NewslakeError if it does not."""
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

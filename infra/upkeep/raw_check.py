"""Is every raw object what it was when it was written? Each is read once, whole, whether a row points to it or not."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Final

from infra.archive.raw_archive import (
    INDEX_SUFFIX,
    LEFT_SUFFIX,
    RESTORE,
    WARC_KEY,
    WARC_SUFFIX,
    RawArchive,
    beside,
    day_of,
    indexed,
    source_of,
)
from infra.archive.raw_index import IndexEntry, Pointer, read_index, write_index
from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.store.object_store import ObjectStore

READERS: Final = 4  # objects held at a time: they have up to 32 MB each, older ones 64


class RawCheck:
    """The raw objects of one source, and what stands beside them, by the keys that were listed."""

    def __init__(self, store: ObjectStore, listed: Collection[str]) -> None:
        self._store = store
        self._listed = listed
        self.digests: dict[Pointer, str] = {}  # of captures that `faults` has found whole; some 300 bytes each

    def faults(self) -> Iterator[tuple[str, str]]:
        """Key of an object and what is wrong with it, for every fault; a missing index is none."""
        keys = sorted(key for key in self._listed if key.endswith(WARC_SUFFIX))
        for key in sorted(self._listed):
            if key.endswith(INDEX_SUFFIX) and key.removesuffix(INDEX_SUFFIX) + WARC_SUFFIX not in self._listed:
                yield key, "is an index without its WARC. Restore that from a copy, or delete the index."
        revisits: list[IndexEntry] = []
        with Threads(READERS) as pool:
            for key, (entries, faults) in zip(keys, pool.map(self._check, keys), strict=True):
                yield from ((key, fault) for fault in faults)
                revisits += (entry for entry in entries if entry.original)
                self.digests |= {entry.pointer: entry.digest for entry in entries if not entry.original}
        whole: dict[Pointer, str] = {}  # apart, as no revisit is the original of another
        lost: Counter[tuple[str, str]] = Counter()
        archive = RawArchive(self._store)
        for entry in revisits:
            if entry.original and entry.original.is_outside:
                whole[entry.pointer] = entry.digest  # if it is lost, that is said once, not for each row
                try:
                    archive.read(entry.pointer)
                except NewslakeError as error:
                    lost[entry.pointer.uri, str(error)] += 1
            elif entry.original and self.digests.get(entry.original) == entry.digest:
                whole[entry.pointer] = entry.digest
            elif entry.original:
                at = f"the body of its revisit at byte {entry.pointer.offset}"
                yield entry.pointer.uri, f"{at} is not in {entry.original.uri} at byte {entry.original.offset}"
        for (key, fault), number in lost.items():
            yield key, f"has {number:,} of its bodies in another file: {fault}"
        self.digests |= whole

    def _check(self, key: str) -> tuple[list[IndexEntry], list[str]]:
        stored = self._store.get(key)
        if stored is None:
            return [], []  # deleted since it was listed
        try:
            entries = list(indexed(stored.body, key))
        except ValueError as error:
            return [], [f"is damaged: {error}. {RESTORE}"]
        faults = [
            f"has at byte {entry.pointer.offset} a capture of {entry.captured_at.date()}"
            for entry in entries
            if entry.captured_at.date() != day_of(key)
        ]
        index = self._store.get(beside(key, INDEX_SUFFIX))
        if index is not None and index.body != write_index(entries):
            faults.append(_said_otherwise(key, len(entries), index.body))
        return entries, faults


def is_raw(key: str) -> bool:
    """Whether a key is that of a raw object, or of what stands beside one."""
    stem = key.removesuffix(WARC_SUFFIX).removesuffix(INDEX_SUFFIX).removesuffix(LEFT_SUFFIX)
    return stem != key and WARC_KEY.fullmatch(stem + WARC_SUFFIX) is not None


def _said_otherwise(key: str, found: int, index: bytes) -> str:
    """What is wrong where an index does not fit the captures found: the WARC, if it has lost some, or the index."""
    with suppress(ValueError):
        said = len(read_index(index, source_of(key), key))
        if said > found:
            return f"has {found} captures, and {said} by its index. {RESTORE}"
    return f"its index {beside(key, INDEX_SUFFIX)} says something else. Delete the index: it is made again."

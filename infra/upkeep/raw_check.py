"""Is every raw object what it was when it was written? Each is read once, whole, whether a row points to it or not."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from infra.archive.raw_index import IndexEntry, Pointer, read_index, write_index
from infra.archive.raw_objects import (
    EXPIRING_SUFFIX,
    INDEX_SUFFIX,
    RESTORE,
    WARC_KEY,
    WARC_SUFFIX,
    beside,
    day_of,
    indexed,
    source_of,
)
from infra.base.stop import Threads
from infra.store.object_store import ObjectStore

READERS: Final = 4  # objects held at a time: they have up to 64 MB each


class RawCheck:
    """The raw objects of one source."""

    def __init__(self, store: ObjectStore, source: str) -> None:
        self._store = store
        self._source = source
        self.digests: dict[Pointer, str] = {}  # of captures that `faults` has found whole; some 300 bytes each

    def faults(self) -> Iterator[tuple[str, str]]:
        """Key of an object and what is wrong with it, for every fault.

        Every record is inflated, and its body compared with its digest; a revisit must lead to a body of its digest, a
        capture lie in the folder of its day, and an index say what its WARC says. A missing index is no fault.
        """
        listed = {info.key for info in self._store.list(f"raw/source={self._source}/")}
        keys = sorted(key for key in listed if WARC_KEY.fullmatch(key))
        for key in sorted(listed):
            if key.endswith(INDEX_SUFFIX) and key.removesuffix(INDEX_SUFFIX) + WARC_SUFFIX not in listed:
                yield key, "is an index without its WARC. Restore that from a copy, or delete the index."
        revisits: list[IndexEntry] = []
        with Threads(READERS) as pool:
            for key, (entries, faults) in zip(keys, pool.map(self._check, keys), strict=True):
                yield from ((key, fault) for fault in faults)
                revisits += (entry for entry in entries if entry.original)
                self.digests |= {entry.pointer: entry.digest for entry in entries if not entry.original}
        whole: dict[Pointer, str] = {}  # apart, as no revisit is the original of another
        for entry in revisits:
            if entry.original and self.digests.get(entry.original) == entry.digest:
                whole[entry.pointer] = entry.digest
            elif entry.original:
                at = f"the body of its revisit at byte {entry.pointer.offset}"
                yield entry.pointer.uri, f"{at} is not in {entry.original.uri} at byte {entry.original.offset}"
        self.digests |= whole

    def _check(self, key: str) -> tuple[list[IndexEntry], list[str]]:
        """The captures of one object, and what is wrong with it."""
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


def strays(store: ObjectStore) -> Iterator[str]:
    """Keys in the raw layer that are neither its objects nor stand beside one."""
    for info in store.list("raw/"):
        stem = info.key.removesuffix(WARC_SUFFIX).removesuffix(INDEX_SUFFIX).removesuffix(EXPIRING_SUFFIX)
        if stem == info.key or not WARC_KEY.fullmatch(stem + WARC_SUFFIX):
            yield info.key


def _said_otherwise(key: str, found: int, index: bytes) -> str:
    """What is wrong where an index does not fit the captures found: the WARC, if it has lost some, or the index."""
    with suppress(ValueError):
        said = len(read_index(index, source_of(key), key))
        if said > found:
            return f"has {found} captures, and {said} by its index. {RESTORE}"
    return f"its index {beside(key, INDEX_SUFFIX)} says something else. Delete the index: it is made again."

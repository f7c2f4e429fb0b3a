"""A lake to try things on: reads what is there, writes beside it."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from infra.store.object_store import ObjectInfo, ObjectStore, Stored


@dataclass(frozen=True, slots=True)
class TrialStore:
    """An `ObjectStore` over another one that it never writes to. One process, any threads."""

    base: ObjectStore
    scratch: ObjectStore  # takes what is written; empty at first
    written: set[str] = field(default_factory=set)  # keys

    @property
    def uri(self) -> str:
        """That of the base, since messages are about it."""
        return self.base.uri

    def get(self, key: str) -> Stored | None:
        """See `ObjectStore`."""
        return self._holder(key).get(key)

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """See `ObjectStore`."""
        return self._holder(key).get_range(key, offset, length)

    def put(self, key: str, body: bytes, *, if_match: str | None) -> str:
        """See `ObjectStore`; the first write of a key has no condition, as nobody else writes here."""
        etag = self.scratch.put(key, body, if_match=if_match if key in self.written else None)
        self.written.add(key)
        return etag

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `ObjectStore`."""
        untouched = (info for info in self.base.list(prefix) if info.key not in self.written)
        return heapq.merge(untouched, self.scratch.list(prefix), key=lambda info: info.key)

    def folders(self, prefix: str) -> Sequence[str]:
        """See `ObjectStore`; one whose files were all deleted on trial is still there."""
        return sorted({*self.base.folders(prefix), *self.scratch.folders(prefix)})

    def delete(self, key: str) -> None:
        """See `ObjectStore`; in the base it stays."""
        self.scratch.delete(key)
        self.written.add(key)

    def check(self) -> None:
        """See `ObjectStore`; of what is written to."""
        self.scratch.check()

    def _holder(self, key: str) -> ObjectStore:
        return self.scratch if key in self.written else self.base

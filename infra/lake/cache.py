"""What was read of partitions, remembered by the version of each object, in `_catalog/`: delete it at any time."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from infra.base.errors import NewslakeError
from infra.store.object_store import ConflictError, ObjectStore

Entries = Mapping[str, tuple[str, Any]]  # by name: version, and what JSON can hold


class Cache:
    """One object of `_catalog/`."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        self._store = store
        self._key = key
        self._etag: str | None = None

    def load(self) -> dict[str, tuple[str, Any]]:
        """What `save` left; nothing if not every byte is as it was written.

        What is read here decides which raw objects nobody needs, so a flipped bit must not pass for another value.
        """
        stored = self._store.get(self._key)
        self._etag = stored.etag if stored else None
        try:
            cache = orjson.loads(stored.body if stored else b"{}")
            entries = {name: (version, value) for name, (version, value) in cache["entries"].items()}
            return entries if cache["sha256"] == _digest(entries) else {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return {}

    def save(self, entries: Entries) -> bool:
        """Replace what was loaded; False if someone else has meanwhile, or this user may only read."""
        body = orjson.dumps({"sha256": _digest(entries), "entries": entries})
        try:
            self._etag = self._store.put(self._key, body, if_match=self._etag)
        except ConflictError:
            self.load()  # for its ETag: the next save replaces theirs
            return False
        except NewslakeError:
            return False
        return True


def _digest(entries: Entries) -> str:
    return hashlib.sha256(orjson.dumps(entries)).hexdigest()

"""Manifests of partitions, each read once for each version of its object."""

from typing import Final

import orjson

from infra.errors import NewslakeError
from infra.object_store import ConflictError, ObjectInfo, ObjectStore, Stored
from infra.partition import Manifest, read_manifest

CACHE_KEY: Final = "_catalog/footers.json"


class Footers:
    """Manifests by key and ETag. What is remembered can be forgotten at any time: the footers are the truth."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self._known: dict[str, tuple[str, Manifest]] = {}
        self._cached: Stored | None = None
        self._learned = False

    def read(self, info: ObjectInfo) -> Manifest:
        """The manifest of a partition as listed.

        Raises:
            NewslakeError: the object is damaged, gone, or not ours.
        """
        etag, manifest = self._known.get(info.key, ("", None))
        if manifest is None or etag != info.etag:
            manifest = read_manifest(self.store, info.key, info.size)
            self._known[info.key] = info.etag, manifest
            self._learned = True
        return manifest

    def load(self) -> None:
        """Take over what `save` left in the lake; a cache that cannot be read is as none."""
        self._cached = self.store.get(CACHE_KEY)
        if self._cached is None:
            return
        try:
            entries = orjson.loads(self._cached.body)
            self._known = {
                key: (entry["etag"], Manifest.from_json(orjson.dumps(entry["manifest"]), key))
                for key, entry in entries.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError, NewslakeError):
            self._known = {}

    def save(self, keys: set[str]) -> None:
        """Leave what is known of these keys, which are all that exist, in the lake; nothing if that is no news."""
        if not self._learned and keys.issuperset(self._known):
            return
        known = {key: self._known[key] for key in sorted(keys & set(self._known))}
        body = orjson.dumps({key: {"etag": etag, "manifest": manifest} for key, (etag, manifest) in known.items()})
        try:
            self.store.put(CACHE_KEY, body, if_match=self._cached.etag if self._cached else None)
        except (ConflictError, NewslakeError):
            return  # someone else saved theirs, or this user may only read: next time the footers are read again

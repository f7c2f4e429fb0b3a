"""Manifests of partitions, each read once for each version of its object."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

import orjson

from infra.base.errors import NewslakeError
from infra.lake.partition import DamagedError, Manifest, read_manifest
from infra.store.object_store import ConflictError, ObjectInfo, ObjectStore, Stored

CACHE_KEY: Final = "_catalog/footers.json"
# Footers read at a time. One takes some 3 ms of the processor with boto3 and waits 20 to 50 ms for S3, so about 16 of
# them keep one processor busy; fewer than the connections of the S3 client, and 1 MB of file ends in memory.
READERS: Final = 16


class Footers:
    """Manifests by key and ETag. What is remembered can be forgotten at any time: the footers are the truth."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self._known: dict[str, tuple[str, Manifest]] = {}
        self._cached: Stored | None = None
        self._learned = False

    def read(self, info: ObjectInfo) -> Manifest:
        """The manifest of a partition as listed."""
        etag, manifest = self._known.get(info.key, ("", None))
        if manifest is None or etag != info.etag:
            manifest = read_manifest(self.store, info.key, info.size)
            self._known[info.key] = info.etag, manifest
            self._learned = True
        return manifest

    def read_ahead(self, infos: Iterable[ObjectInfo]) -> None:
        """Read the manifests that are not known yet, several at a time; `read` then has them."""
        unknown = [info for info in infos if self._known.get(info.key, ("", None))[0] != info.etag]
        if unknown:
            with ThreadPoolExecutor(min(READERS, len(unknown))) as pool:
                list(pool.map(self._try, unknown))

    def _try(self, info: ObjectInfo) -> None:
        with suppress(DamagedError):
            self.read(info)

    def load(self) -> None:
        """Take over what `save` left in the lake; a cache that is not what was written is as none.

        Of its contents it is decided which raw objects nobody needs, so a flipped bit must not pass for another footer.
        """
        self._cached = self.store.get(CACHE_KEY)
        if self._cached is None:
            return
        try:
            cache = orjson.loads(self._cached.body)
            entries = cache["footers"] if cache["sha256"] == _digest(cache["footers"]) else {}
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
        entries = {key: {"etag": etag, "manifest": manifest} for key, (etag, manifest) in known.items()}
        body = orjson.dumps({"sha256": _digest(entries), "footers": entries})
        try:
            self.store.put(CACHE_KEY, body, if_match=self._cached.etag if self._cached else None)
        except (ConflictError, NewslakeError):
            return  # someone else saved theirs, or this user may only read: next time the footers are read again


def _digest(entries: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(entries)).hexdigest()

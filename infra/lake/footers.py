"""Manifests of partitions, each read once for each version of its object."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import orjson

from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.lake.cache import Cache
from infra.lake.partition import DamagedError, Manifest, read_manifest
from infra.store.object_store import ObjectInfo, ObjectStore
from parsers.record.article import SCHEMA_VERSION

CACHE_KEY: Final = "_catalog/footers.json"
# Footers read at a time. One takes some 3 ms of the processor with boto3 and waits 20 to 50 ms for S3, so about 16 of
# them keep one processor busy; fewer than the connections of the S3 client, and 1 MB of file ends in memory.
READERS: Final = 16


class Footers:
    """Manifests by key and ETag. What is remembered can be forgotten at any time: the footers are the truth."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self._known: dict[str, tuple[str, Manifest]] = {}
        self._cache = Cache(store, CACHE_KEY)
        self._learned = False

    def read(self, info: ObjectInfo) -> Manifest:
        """The manifest of a partition as listed; NewslakeError if the object is damaged, gone, or not ours."""
        etag, manifest = self._known.get(info.key, ("", None))
        if manifest is None or etag != info.etag:
            manifest = read_manifest(self.store, info.key, info.size)
            self._known[info.key] = info.etag, manifest
            self._learned = True
        return manifest

    def read_ahead(self, infos: Iterable[ObjectInfo]) -> None:
        """Read the manifests that are not known yet, several at a time. A damaged one is left for `read` to report."""
        unknown = [info for info in infos if self._known.get(info.key, ("", None))[0] != info.etag]
        if unknown:
            with Threads(min(READERS, len(unknown))) as pool:
                list(pool.map(self._try, unknown))

    def _try(self, info: ObjectInfo) -> None:
        with suppress(DamagedError):
            self.read(info)

    def older(self, infos: Iterable[ObjectInfo]) -> set[str]:
        """Keys of the partitions that an older newslake wrote; damaged ones are not among them."""
        infos, older = list(infos), set()
        self.read_ahead(infos)
        for info in infos:
            with suppress(DamagedError):
                if self.read(info).schema_version < SCHEMA_VERSION:
                    older.add(info.key)
        return older

    def load(self) -> None:
        """Take over what `save` left in the lake."""
        with suppress(TypeError, NewslakeError):  # another version of newslake left it
            self._known = {
                key: (etag, Manifest.from_json(orjson.dumps(manifest), key))
                for key, (etag, manifest) in self._cache.load().items()
            }

    def save(self, keys: set[str]) -> None:
        """Leave what is known of these keys, which are all that exist, in the lake; nothing if that is no news."""
        if self._learned or not keys.issuperset(self._known):
            self._cache.save({key: self._known[key] for key in sorted(keys & set(self._known))})

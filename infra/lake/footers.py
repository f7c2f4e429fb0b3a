"""What the footers of partitions say, each read once for each version of its object."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final, cast

import orjson

from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.lake.accounts import DaySummary
from infra.lake.cache import Cache
from infra.lake.partition import FETCHES, DamagedError, Manifest, read_footer, stated_footer
from infra.store.object_store import ObjectInfo, ObjectStore
from parsers.record.article import SCHEMA_VERSION

CACHE_KEY: Final = "_catalog/footers.json"
# Footers read at a time. One takes some 3 ms of the processor with boto3 and waits 20 to 50 ms for S3, so about 16 of
# them keep one processor busy; fewer than the connections of the S3 client, and 1 MB of file ends in memory.
READERS: Final = 16


class Footers:
    """Footers by key and ETag. What is remembered can be forgotten at any time: the footers are the truth."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._known: dict[str, tuple[str, Manifest | DaySummary]] = {}
        self._cache = Cache(store, CACHE_KEY)
        self._learned = False

    def read(self, info: ObjectInfo) -> Manifest:
        """What the footer of a partition as listed says; NewslakeError if it is damaged, gone, or not ours."""
        return cast("Manifest", self._read(info))

    def summary(self, info: ObjectInfo) -> DaySummary:
        """The same of the account of a day."""
        return cast("DaySummary", self._read(info))

    def _read(self, info: ObjectInfo) -> Manifest | DaySummary:
        etag, said = self._known.get(info.key, ("", None))
        if said is None or etag != info.etag:
            stated = stated_footer(read_footer(self._store, info.key, info.size), info.key)
            said = _parsed(stated, info.key)
            self._known[info.key] = info.etag, said
            self._learned = True
        return said

    def read_ahead(self, infos: Iterable[ObjectInfo]) -> None:
        """Read the footers that are not known yet, several at a time. A damaged one is left for `read` to report."""
        unknown = [info for info in infos if self._known.get(info.key, ("", None))[0] != info.etag]
        if unknown:
            with Threads(min(READERS, len(unknown))) as pool:
                list(pool.map(self._try, unknown))

    def _try(self, info: ObjectInfo) -> None:
        with suppress(DamagedError):
            self._read(info)

    def older(self, infos: Iterable[ObjectInfo]) -> set[str]:
        """Keys of the partitions that an older newslake wrote; damaged ones are not among them.

        What was learned is left in the lake, since a query that is asked once is asked again.
        """
        infos, older = list(infos), set()
        self.load()
        self.read_ahead(infos)
        for info in infos:
            with suppress(DamagedError):
                if self.read(info).schema_version < SCHEMA_VERSION:
                    older.add(info.key)
        self.save({*self._known})
        return older

    def load(self) -> None:
        """Take over what `save` left in the lake."""
        with suppress(TypeError, NewslakeError):  # another version of newslake left it
            known = self._cache.load()
            self._known = {key: (etag, _parsed(orjson.dumps(said), key)) for key, (etag, said) in known.items()}

    def save(self, keys: set[str]) -> None:
        """Leave what is known of these keys, which are all that exist, in the lake; nothing if that is no news."""
        if self._learned or not keys.issuperset(self._known):
            self._cache.save({key: self._known[key] for key in sorted(keys & set(self._known))})


def _parsed(text: bytes, key: str) -> Manifest | DaySummary:
    return DaySummary.from_json(text, key) if FETCHES.parse_key(key) else Manifest.from_json(text, key)

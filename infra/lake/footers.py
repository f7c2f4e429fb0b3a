"""What the footers of partitions say, each read once for each version of its object."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final, Generic, TypeVar

import orjson

from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.lake.accounts import DaySummary, read_summary
from infra.lake.cache import Cache
from infra.lake.partition import DamagedError, Manifest, read_manifest
from infra.store.object_store import ObjectInfo, ObjectStore
from parsers.record.article import SCHEMA_VERSION

CACHE_KEY: Final = "_catalog/footers.json"
ACCOUNTS_CACHE_KEY: Final = "_catalog/accounts.json"
# Footers read at a time. One takes some 3 ms of the processor with boto3 and waits 20 to 50 ms for S3, so about 16 of
# them keep one processor busy; fewer than the connections of the S3 client, and 1 MB of file ends in memory.
READERS: Final = 16


Said = TypeVar("Said", Manifest, DaySummary)


class _Footers(Generic[Said]):
    """Footers by key and ETag. What is remembered can be forgotten at any time: the footers are the truth."""

    def __init__(
        self,
        store: ObjectStore,
        cache: str,
        read: Callable[[ObjectStore, str, int], Said],
        from_json: Callable[[bytes, str], Said],
    ) -> None:
        self.store = store
        self._known: dict[str, tuple[str, Said]] = {}
        self._cache = Cache(store, cache)
        self._read: Callable[[ObjectStore, str, int], Said] = read
        self._from_json: Callable[[bytes, str], Said] = from_json
        self._learned = False

    def read(self, info: ObjectInfo) -> Said:
        """What the footer of a partition as listed says; NewslakeError if it is damaged, gone, or not ours."""
        etag, said = self._known.get(info.key, ("", None))
        if said is None or etag != info.etag:
            said = self._read(self.store, info.key, info.size)
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
            self.read(info)

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
            self._known = {
                key: (etag, self._from_json(orjson.dumps(said), key))
                for key, (etag, said) in self._cache.load().items()
            }

    def save(self, keys: set[str]) -> None:
        """Leave what is known of these keys, which are all that exist, in the lake; nothing if that is no news."""
        if self._learned or not keys.issuperset(self._known):
            self._cache.save({key: self._known[key] for key in sorted(keys & set(self._known))})


class Footers(_Footers[Manifest]):
    """The manifests of partitions of articles and rejections."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store, CACHE_KEY, read_manifest, Manifest.from_json)


class Summaries(_Footers[DaySummary]):
    """The summaries of the accounts of days."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store, ACCOUNTS_CACHE_KEY, read_summary, DaySummary.from_json)

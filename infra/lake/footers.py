"""What the footers of partitions say, each read once for each version of its object.

They are remembered by month (`infra/lake/months.py`). An entry is believed if its ETag is the one that is asked for: of
a listing, or of the index itself (`infra/lake/day_index.py`).
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final, cast

import orjson

from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.lake.accounts import DaySummary
from infra.lake.changes import read_notes
from infra.lake.months import Entry, Months, month_of
from infra.lake.partition import FETCHES, DamagedError, Manifest, read_footer, said_in, stated_footer
from infra.store.object_store import ObjectInfo, ObjectStore
from parsers.record.article import SCHEMA_VERSION

# Footers read at a time. One takes some 3 ms of the processor with boto3 and waits 20 to 50 ms for S3, so about 16 of
# them keep one processor busy; fewer than the connections of the S3 client, and 1 MB of file ends in memory.
READERS: Final = 16


class Footers:
    """Footers by key and ETag. What is remembered can be forgotten at any time: the footers are the truth."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.months = Months(store)

    def read(self, info: ObjectInfo) -> Manifest:
        """What the footer of a partition as listed says; NewslakeError if it is damaged, gone, or not ours."""
        return cast("Manifest", self._read(info)[1])

    def summary(self, info: ObjectInfo) -> DaySummary:
        """The same of the account of a day."""
        return cast("DaySummary", self._read(info)[1])

    def said(self, infos: Iterable[ObjectInfo]) -> Iterator[tuple[ObjectInfo, Any]]:
        """The JSON of their footers, but of damaged ones: for who asks 200,000 of them for a word or two."""
        infos = list(infos)
        self.read_ahead(infos)
        for info in infos:
            with suppress(DamagedError):
                entry = self._known(info)
                if entry is None or entry[2]["schema_version"] != SCHEMA_VERSION:
                    entry, _ = self._read(info)
                yield info, entry[2]

    def _read(self, info: ObjectInfo) -> tuple[Entry, Manifest | DaySummary]:
        if entry := self._known(info):
            with suppress(NewslakeError):  # another version of newslake left it
                return entry, _parsed(entry[2], info.key)
        said = orjson.loads(stated_footer(read_footer(self._store, info.key, info.size), info.key))
        return (info.etag, info.size, said), _parsed(said, info.key)

    def read_ahead(self, infos: Iterable[ObjectInfo]) -> None:
        """Read the footers that are not known yet, several at a time. A damaged one is left for `read` to report."""
        unknown = [info for info in infos if not self._known(info)]
        self.months.load({month_of(info.key) for info in unknown})
        if unknown := [info for info in unknown if not self._known(info)]:
            with Threads(min(READERS, len(unknown))) as pool:
                self.months.learn({key: entry for key, entry in pool.map(self._try, unknown) if entry})

    def _known(self, info: ObjectInfo) -> Entry | None:
        entry = self.months.get(info.key)
        return entry if entry and entry[0] == info.etag and entry[2] is not None else None

    def _try(self, info: ObjectInfo) -> tuple[str, Entry | None]:
        with suppress(DamagedError):
            return info.key, self._read(info)[0]
        return info.key, None

    def save(self) -> bool:
        """Leave what was learned in the lake, but of partitions that are being written; False if this user may not."""
        return not self.months.learned or self.months.save(without=read_notes(self._store))


def _parsed(said: Any, key: str) -> Manifest | DaySummary:
    kind: type[Manifest | DaySummary] = DaySummary if key.startswith(FETCHES.name) else Manifest
    return said_in(said, kind, key)

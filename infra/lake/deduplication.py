"""Every article is in one partition of its source, also where captures of it state different days.

A landing first writes its rows and then looks where else their articles are. So of two that run at once, at least the
one that looks last sees the rows of both, and the greatest row of all stays in its partition; it gives way to a greater
one only, so none is lost. A landing that is killed in between leaves an article in two partitions, until it or any
other landing of the article comes to its end.
"""

import io
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from infra.lake.cache import load_cache, update_cache
from infra.lake.changes import Changes
from infra.lake.landing import join, leave_greatest
from infra.lake.partition import ARTICLES, read_rows
from infra.store.object_store import ObjectInfo, ObjectStore

# Reading the identities of a partition takes half a millisecond, saving the cache about five.
WORTH_SAVING: Final = 10
UNREADABLE: Final = (pa.ArrowException, OSError, ValueError, KeyError)


class Identities:
    """Which partitions of a source, or of a shard of it, hold an article: their identity columns, known by ETag."""

    def __init__(self, store: ObjectStore, source: str, shard: str = "") -> None:
        self._store = store
        self._key = f"_catalog/identities/source={source}{shard and f'.{shard}'}.json"
        self._known: dict[str, tuple[str, Any]] | None = None  # by date: version of the object, identities
        self._learned = 0

    def days_of(self, identities: Any, listed: Mapping[str, ObjectInfo]) -> dict[str, list[str]]:
        """Days by identity, ascending, of those that there are; of partitions that changed, the column is read."""
        held = self._read(listed)
        partitions, columns = list(held), list(held.values())
        pool = pa.chunked_array(columns, pa.string())
        starts = list(accumulate(map(len, columns), initial=0))
        found: defaultdict[str, set[str]] = defaultdict(set)
        places = pc.indices_nonzero(pc.is_in(pool, value_set=identities))
        for place, identity in zip(places.to_pylist(), pool.take(places).to_pylist(), strict=True):
            found[identity].add(partitions[bisect_right(starts, place) - 1])
        return {identity: sorted(days) for identity, days in found.items()}

    def _read(self, listed: Mapping[str, ObjectInfo]) -> dict[str, Any]:
        known = self._known
        if known is None:
            remembered = load_cache(self._store, self._key)
            known = {day: (etag, pa.array(held, pa.string())) for day, (etag, held) in remembered.items()}
        found: dict[str, tuple[str, Any]] = {}  # assigned as a whole: threads may land through one `Lake`
        for day, info in listed.items():
            # With its time, as bytes, and so an ETag of S3, can come back that were replaced while they were read.
            version = f"{info.etag} {info.modified_at.isoformat()}"
            etag, identities = known.get(day, ("", None))
            if etag != version:
                identities = self._column(info)
                self._learned += 1
            if identities is not None:
                found[day] = version, identities
        self._known = found
        if self._learned >= WORTH_SAVING:
            rows = {day: (version, held.to_pylist()) for day, (version, held) in found.items()}
            self._learned = 0 if update_cache(self._store, self._key, lambda _: rows) else self._learned
        return {day: identities for day, (_, identities) in found.items()}

    def _column(self, info: ObjectInfo) -> Any:
        """The identities of a partition; None where it cannot be read: that is no matter of other partitions."""
        stored = self._store.get(info.key)
        try:
            file = pq.ParquetFile(io.BytesIO(stored.body if stored else b""), page_checksum_verification=True)
            return file.read(columns=[ARTICLES.identity])[ARTICLES.identity].combine_chunks()
        except UNREADABLE:
            return None


def deduplicate(changes: Changes, source: str, places: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Leave each article in the partition of its greatest row, and give the days written; `places` by identity."""
    held: defaultdict[str, list[str]] = defaultdict(list)
    for identity, days in places.items():
        for day in days:
            held[day].append(identity)
    rows = {day: _rows(changes.store, source, day, identities) for day, identities in sorted(held.items())}
    homes = _homes(rows)
    # First the greatest rows learn when their article was first captured: then the others may go.
    for day in sorted({*homes.values()}):
        mine = {identity for identity, home in homes.items() if home == day}
        others = pa.concat_tables([_of(table, mine) for other, table in rows.items() if other != day])
        if _settle(changes, source, day, others):
            yield day
    # What the homes hold now counts: a row that was taken away meanwhile drives nobody out.
    for day, identities in sorted(held.items()):
        elsewhere: defaultdict[str, list[str]] = defaultdict(list)
        for identity in identities:
            if homes.get(identity, day) != day:
                elsewhere[homes[identity]].append(identity)
        if elsewhere:
            greater = [_rows(changes.store, source, home, away) for home, away in sorted(elsewhere.items())]
            if _settle(changes, source, day, pa.concat_tables(greater)):
                yield day


def _homes(rows: Mapping[str, Any]) -> dict[str, str]:
    """By identity, the day of its greatest row."""
    days = [day for day, table in rows.items() for _ in range(table.num_rows)]
    joined, chosen = join(ARTICLES, pa.concat_tables(rows.values()))
    return {
        identity: days[index] for identity, index in zip(joined[ARTICLES.identity].to_pylist(), chosen, strict=True)
    }


def _rows(store: ObjectStore, source: str, day: str, identities: Iterable[str]) -> Any:
    return _of(read_rows(store, ARTICLES, source, day), identities)


def _of(table: Any, identities: Iterable[str]) -> Any:
    return table.filter(pc.is_in(table[ARTICLES.identity], value_set=pa.array(identities, pa.string())))


def _settle(changes: Changes, source: str, day: str, others: Any) -> bool:
    key = ARTICLES.key(source, day)
    return changes.merge(key, lambda old: leave_greatest(old, others, key))[0]

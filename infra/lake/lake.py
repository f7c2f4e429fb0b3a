"""The lake: articles and rejections landed into partitions, each of which is read with one whole GET."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import groupby
from typing import Any

import pyarrow as pa

from infra.base.errors import NewslakeError
from infra.base.known_sources import UNKNOWN_SOURCE
from infra.base.stop import SIDE_BY_SIDE, Threads
from infra.lake.changes import Changes
from infra.lake.deduplication import Identities, deduplicate
from infra.lake.footers import Footers
from infra.lake.landing import CAPTURE, captures_of, land_articles, land_rejects, leave_others
from infra.lake.partition import (
    ARTICLES,
    REJECTS,
    Manifest,
    TableKind,
    date_of,
    decode,
    name_of,
    read_partition,
    read_rows,
    shard_of,
)
from infra.lake.rejects import FAILURES, Reject
from infra.lake.rows import Landed, PartitionId, Rows, Tables, tabulated
from infra.store.object_store import ObjectInfo, ObjectStore
from parsers.record.article import NULL_PARTITION, Article, Provenance, partition_date
from parsers.record.capture import CaptureIdentity

# Captures parsed again: version of the parser that said what they are now.
Verdicts = Mapping[CaptureIdentity, int | None]
Closings = Mapping[CaptureIdentity, int]  # captures that became articles: parser version


@dataclass(frozen=True, slots=True)
class LandingReport:
    """What one landing did."""

    written: tuple[PartitionId, ...] = ()  # partitions of articles that were written, ascending
    unchanged: tuple[PartitionId, ...] = ()  # those that were as they should be already, ascending
    rows_exposed: int = 0  # articles whose greatest row went; see `infra.lake.landing.Merged`
    unfit: tuple[str, ...] = ()  # ids of articles that do not fit the schema and became rejections

    def __add__(self, other: "LandingReport") -> "LandingReport":
        """Both together."""
        return LandingReport(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )


class Lake:
    """Articles and rejections in a store. Threads and processes may land into the same lake at once."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self._footers = Footers(store)
        self._identities: dict[tuple[str, str], Identities] = {}  # by source and shard
        self._undated_moved: set[str] = set()  # sources
        self._divided: set[tuple[str, str]] = set()  # sources and days

    def land(
        self,
        articles: Sequence[Landed],
        rejects: Sequence[Reject] = (),
        *,
        looked_at: Collection[PartitionId] = (),
        reparsed: Mapping[str, Collection[CaptureIdentity]] | None = None,
    ) -> LandingReport:
        """Merge articles and rejections into their partitions. Repeating it, whole or in part, changes nothing.

        Records that do not fit the schema are quarantined (L01). A day that was `looked_at` and has no articles gets
        an empty partition (L08). `reparsed` has by source the captures that were parsed again and have their outcome
        in `articles` or `rejects`: rows of those that are not among `articles` any more leave every partition of the
        source, unless a newer parser made them or the outcome is a failure of ours (timeout, crash).
        """
        rows, unfit, rejects = tabulated(articles, rejects)
        return replace(self.land_rows(rows, looked_at, _verdicts(articles, rejects, reparsed or {})), unfit=unfit)

    def land_rows(
        self, rows: Rows, looked_at: Collection[PartitionId] = (), verdicts: Mapping[str, Verdicts] | None = None
    ) -> LandingReport:
        """Merge rows into their partitions; see `land`."""
        with Changes(self.store) as changes:
            return self._land(changes, rows, looked_at, verdicts or {})

    def _land(
        self, changes: Changes, rows: Rows, looked_at: Collection[PartitionId], verdicts: Mapping[str, Verdicts]
    ) -> LandingReport:
        partitions = {partition: ARTICLES.key(*partition) for partition in sorted({*rows.articles, *looked_at})}
        self._divide(changes, rows.articles)
        changes.expect([*partitions.values(), *(REJECTS.key(*partition) for partition in rows.rejects)])
        moved = self._move_undated(changes, {source for source, _ in partitions} | verdicts.keys())
        nothing = ARTICLES.schema.empty_table()

        def land_one(partition: PartitionId) -> tuple[bool, int]:
            new = rows.articles.get(partition, nothing)
            seen = partition in looked_at
            again = verdicts.get(partition[0], {})
            key = partitions.get(partition) or ARTICLES.key(*partition)
            return changes.merge(key, lambda old: land_articles(old, new, again, key, looked_at=seen))

        results = self._in_threads(land_one, partitions)
        # Rows go only when their successors are there: a reader may meet an article twice, never not at all.
        results |= self._in_threads(land_one, self._left_behind(verdicts, partitions))
        written = {partition for partition, (was_written, _) in results.items() if was_written}
        written.update(self._settled(changes, [*rows.articles.items(), *moved.items()]))
        self._land_rejects(changes, rows)
        return LandingReport(
            written=tuple(sorted(written)),
            unchanged=tuple(partition for partition in partitions if partition not in written),
            rows_exposed=sum(exposed for _, exposed in results.values()),
        )

    def upgrade(self, kind: TableKind, source: str, date: str) -> None:
        """Write a partition as this version of newslake does. Its rows stay, and so does one that is so already."""
        with Changes(self.store) as changes:
            if kind is ARTICLES and date == NULL_PARTITION:
                moved = self._move_undated(changes, [source])
                list(self._settled(changes, moved.items()))
            key, nothing = kind.key(source, date), kind.schema.empty_table()
            land = land_articles if kind is ARTICLES else land_rejects
            changes.merge(key, lambda old: land(old, nothing, {}, key))

    def read_partition(self, source: str, date: str, kind: TableKind = ARTICLES) -> Any:
        """A partition as a `pyarrow.Table`, without the partition columns; one consistent version of it."""
        key = kind.key(source, date)
        stored = read_partition(self.store, kind, source, date)
        if stored is None:
            raise NewslakeError(
                f"{self.store.uri} has no {key}", "See `newslake status --all` for the days that it has."
            )
        return decode(kind, stored.body, key)[0]

    def read_manifest(self, source: str, date: str, kind: TableKind = ARTICLES) -> Manifest | None:
        """What the footer of a partition says; None if there is no such partition."""
        key = kind.key(source, date)
        info = next((info for info in self.store.list(key) if info.key == key), None)
        return self._footers.read(info) if info else None

    def identities(self, source: str, date: str) -> set[str]:
        """The `article_id`s of a partition; none if there is no partition."""
        return set(read_rows(self.store, ARTICLES, source, date)[ARTICLES.identity].to_pylist())

    def rows_of(
        self, source: str, captures: Collection[CaptureIdentity], columns: Sequence[str]
    ) -> dict[CaptureIdentity, dict[str, Any]]:
        """Some columns of the landed rows of some captures."""
        wanted: set[CaptureIdentity] = set(captures)
        found: dict[CaptureIdentity, dict[str, Any]] = {}
        for name, day in self._left_behind({source: dict.fromkeys(captures)}, ()):
            rows = self.read_partition(name, day)
            values = rows.select(list(dict.fromkeys(columns))).to_pylist() if columns else [{}] * rows.num_rows
            pairs = zip(captures_of(rows.select(list(CAPTURE))), values, strict=True)
            found |= {capture: row for capture, row in pairs if capture in wanted}
        return found

    def partitions(
        self, source: str | None = None, kind: TableKind = ARTICLES
    ) -> Iterator[tuple[str, str, ObjectInfo]]:
        """Source, name and listing of every partition, sorted; nothing is opened."""
        prefix = f"{kind.name}/" if source is None else kind.key(source, NULL_PARTITION).partition("date=")[0]
        undated = None  # where both are, a move was killed before the old one, which is listed later, went
        for info in self.store.list(prefix):
            partition = kind.parse_key(info.key)
            if partition and partition != undated:
                undated = partition if partition[1] == NULL_PARTITION else undated
                yield (*partition, info)

    def sources(self, kind: TableKind) -> list[str]:
        """Names of the sources that have a folder in a table."""
        suffix = f"/date={NULL_PARTITION}/{kind.name}.parquet"
        found = (kind.parse_key(f"{kind.name}/{name}{suffix}") for name in self.store.folders(f"{kind.name}/"))
        return [place[0] for place in found if place]

    def _left_behind(self, verdicts: Mapping[str, Verdicts], landed: Collection[PartitionId]) -> list[PartitionId]:
        """Other partitions that may hold rows of captures that were parsed again."""
        found = []
        for source, captures in verdicts.items():
            days = {f"date={capture.captured_at.date()}" for capture in captures}
            others = [(day, info) for _, day, info in self.partitions(source) if (source, day) not in landed]
            self._footers.read_ahead(info for _, info in others)
            for day, info in others:
                if days.intersection(map(_day_folder, self._footers.read(info).capture_uris)):
                    found.append((source, day))
        return found

    def _move_undated(self, changes: Changes, sources: Iterable[str]) -> dict[PartitionId, Any]:
        """Move undated articles of an older newslake to where they are now; the rows moved, which are to be settled."""
        moved = {}
        for source in sorted({*sources} - self._undated_moved):
            key, home = ARTICLES.old_null_key(source), ARTICLES.key(source, NULL_PARTITION)
            if stored := self.store.get(key):
                rows, old = decode(ARTICLES, stored.body, key)
                land = partial(land_articles, new=rows, reparsed={}, name=home, looked_at=old.looked_at)
                # Killed in between, the next move does it again; until then readers of the store see the new one only.
                changes.merge(home, land)
                changes.delete(key)
                moved[source, NULL_PARTITION] = rows
            self._undated_moved.add(source)
        return moved

    def _divide(self, changes: Changes, landed: Iterable[PartitionId]) -> None:
        """Move articles of days that an older newslake did not divide to the shards; what is left is without rows."""
        days = {(source, date_of(name)) for source, name in landed if shard_of(name)} - self._divided
        for source, day in sorted(days):
            old = read_rows(self.store, ARTICLES, source, day)
            places = [name_of(source, day, url) for url in old["canonical_url"].to_pylist()]
            for name in sorted({*places}):
                mine, key = old.filter(pa.array([each == name for each in places])), ARTICLES.key(source, name)
                changes.merge(key, partial(land_articles, new=mine, reparsed={}, name=key))
            if places:  # killed in between, readers meet articles twice until the next landing does it again
                gone, key = old[ARTICLES.identity].combine_chunks(), ARTICLES.key(source, day)
                changes.merge(key, partial(leave_others, gone=gone, name=key))
            self._divided.add((source, day))

    def _settled(self, changes: Changes, landed: Iterable[tuple[PartitionId, Any]]) -> Iterator[PartitionId]:
        """Take landed articles out of other partitions, or of their own if those have greater rows; what it wrote."""
        identities: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)  # by source and shard
        for (source, name), rows in landed:
            identities[source, shard_of(name)] += rows[ARTICLES.identity].chunks
        for source, of_source in groupby(sorted(identities), lambda place: place[0]):
            partitions = {name: info for _, name, info in self.partitions(source)}
            for _, shard in of_source:
                # An older newslake did not divide the days of `web`, and not all are divided yet.
                listed = {name: info for name, info in partitions.items() if shard_of(name) in ("", shard)}
                # Only where there are two partitions can an article be in several.
                if len(listed) > 1:
                    index = self._identities.setdefault((source, shard), Identities(self.store, source, shard))
                    held = index.days_of(pa.concat_arrays(identities[source, shard]), listed)
                    places = {identity: names for identity, names in held.items() if len(names) > 1}
                    yield from ((source, name) for name in (deduplicate(changes, source, places) if places else ()))
                if shard:  # those of all shards would fill memory
                    self._identities.pop((source, shard), None)

    def _land_rejects(self, changes: Changes, rows: Rows) -> None:
        closings = _closings(rows.articles)
        nothing = REJECTS.schema.empty_table()
        present: set[PartitionId] = set()
        for source in sorted({source for source, _ in closings}):
            present |= {(source, name) for _, name, _ in self.partitions(source, REJECTS)}

        def land_one(partition: PartitionId) -> tuple[bool, int]:
            new = rows.rejects.get(partition, nothing)
            closed = closings.get(partition, {})
            key = REJECTS.key(*partition)
            return changes.merge(key, lambda old: land_rejects(old, new, closed, key))

        self._in_threads(land_one, sorted({*rows.rejects, *(present & set(closings))}))

    def _in_threads(
        self, land: Callable[[PartitionId], tuple[bool, int]], partitions: Iterable[PartitionId]
    ) -> dict[PartitionId, tuple[bool, int]]:
        """Land into partitions side by side. An error is raised when all others are done.

        A folder answers at once, so that more threads than processors only hold more partitions in memory.
        """
        partitions = list(partitions)
        is_folder = "://" not in self.store.uri
        with Threads(min(SIDE_BY_SIDE, os.cpu_count() or 1) if is_folder else SIDE_BY_SIDE) as pool:
            return dict(zip(partitions, pool.map(land, partitions), strict=True))


def _day_folder(uri: str) -> str:
    """Where a capture lies, whatever object of its day it was moved to meanwhile."""
    return uri.rpartition("/")[0].rpartition("/")[2]


def _verdicts(
    articles: Sequence[Landed], rejects: Sequence[Reject], reparsed: Mapping[str, Collection[CaptureIdentity]]
) -> dict[str, Verdicts]:
    """By source: captures whose rows must go unless they are landed again, and the parser version that says so."""
    failed = {_capture_of(reject, reject) for reject in rejects if reject.reason in FAILURES}
    versions: dict[tuple[str, CaptureIdentity], int | None] = {
        (article.source, _capture_of(article, record)): article.parser_version for article, record in articles
    }
    for reject in rejects:
        versions[reject.source, _capture_of(reject, reject)] = reject.parser_version
    return {
        source: {capture: versions.get((source, capture)) for capture in captures if capture not in failed}
        for source, captures in reparsed.items()
    }


def _closings(articles: Tables) -> dict[PartitionId, Closings]:
    """By rejects partition: what would close a rejection there, be it of the source or of none."""
    closings: defaultdict[PartitionId, dict[CaptureIdentity, int]] = defaultdict(dict)
    for (name, _), rows in articles.items():
        versions = rows["parser_version"].to_pylist()
        for capture, version in zip(captures_of(rows), versions, strict=True):
            for source in (name, UNKNOWN_SOURCE):
                known = closings[source, partition_date(capture.captured_at)]
                known[capture] = max(version, known.get(capture, 0))
    return dict(closings)


def _capture_of(found: Article | Reject, record: Provenance | Reject) -> CaptureIdentity:
    return CaptureIdentity(found.url, record.captured_at, record.capture_digest)

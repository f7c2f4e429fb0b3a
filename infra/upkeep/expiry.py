"""Retention: what is older than an age is deleted, one layer of the lake at a time.

Articles and rejections go by partition. Raw captures go by WARC, and only where nothing needs any capture in it: no
article, no open rejection, no revisit that stays. So a raw layer shrinks after the rows of its captures have expired.

A raw object is deleted in two runs, a day apart. The first marks it: from then on no writer and no rebuilding takes a
capture in it for archived. The second deletes it if still no row points there, that is, if nobody who had looked
before it was marked has landed a row since; otherwise the mark is taken away.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from infra.archive.raw_objects import RawObject, RawObjects, day_of, source_of
from infra.base.errors import UsageError
from infra.lake.holds import folder_of_record, open_holds, read_holds
from infra.lake.lake import Lake, PartitionId
from infra.lake.partition import ARTICLES, REJECTS
from infra.lake.rejects import RejectState
from infra.store.object_store import ObjectStore
from infra.upkeep.raw_references import PartitionRef, RowReferences, deletion_order, revisiting_days
from infra.upkeep.row_pointers import forget_captures
from parsers.record.article import NULL_PARTITION

STRETCH_DAYS: Final = 31  # indexes that are held at a time: those of a month of one source


class Layer(StrEnum):
    """What can expire."""

    RAW = "raw"
    REJECTS = "rejects"
    ARTICLES = "articles"


class Action(StrEnum):
    """What is done with an object that is old enough."""

    DELETE = "delete"
    MARK = "mark"  # a run a day later deletes it
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Expiry:
    """What is done, or would be, with one object, and why.

    Attributes:
        key: of the object.
        source: source folder.
        day: of capture (raw, rejects) or publication (articles), YYYY-MM-DD or Hive's null.
        size: bytes; of a WARC with its index.
        action: what is done.
        reason: why not deleted now; empty if it is.
    """

    key: str
    source: str
    day: str
    size: int
    action: Action
    reason: str = ""


UNDATED: Final = "undated articles have no age"
ARTICLE: Final = "an article points into it"
OPEN_REJECT: Final = "an open rejection points into it"
HELD: Final = "it was got with captures that are held back"
REVISITED: Final = "a revisit that stays needs a body in it"
RECENT: Final = "written a short time ago: rows may follow"
MARKED: Final = "waits to be sure that no row points into it"


def expire(
    store: ObjectStore,
    layer: Layer,
    before: date,
    *,
    now: datetime,
    grace: timedelta,
    source: str | None = None,
    dry_run: bool = False,
) -> list[Expiry]:
    """Delete what is older than a day in one layer; or only say what would be done.

    Args:
        store: of the lake.
        layer: which.
        before: the first day that does not expire: of capture (raw, rejects) or publication (articles).
        now: the present, aware.
        grace: how long a raw object is marked before it is deleted, and how old it must be to be marked;
            `raw_references.GRACE`, or zero if nothing else uses the lake.
        source: source folder; None: all.
        dry_run: change nothing.

    Returns:
        One for each object that is old enough, kept ones too, by source and day.

    Raises:
        UsageError: `before` is after the present day.
        NewslakeError: the source's name is none, a partition is damaged so that nobody knows what it points to, or the
            store failed. Run it again when that is mended.
    """
    if before > now.date():
        raise UsageError(f"{before} is in the future", "Expire what is at least a day old.")
    if layer is Layer.RAW:
        return _RawExpiry(store, now, grace, dry_run=dry_run).expire(before, source)
    found = []
    for name, day, info in Lake(store).partitions(source, ARTICLES if layer is Layer.ARTICLES else REJECTS):
        if day == NULL_PARTITION:
            found.append(Expiry(info.key, name, day, info.size, Action.KEEP, UNDATED))
        elif date.fromisoformat(day) < before:
            found.append(Expiry(info.key, name, day, info.size, Action.DELETE))
            if not dry_run:
                store.delete(info.key)
    return found


class _RawExpiry:
    """One run over the raw layer."""

    def __init__(self, store: ObjectStore, now: datetime, grace: timedelta, *, dry_run: bool) -> None:
        self._store = store
        self._objects = RawObjects(store)
        self._rows = RowReferences(store)
        self._settled = now - grace
        self._grace = grace
        self._dry_run = dry_run
        self._open: dict[PartitionId, set[str]] = {}
        self._held: set[str] = set()

    def expire(self, before: date, source: str | None) -> list[Expiry]:
        """All objects of captures before a day."""
        expired = sorted(folder for folder in self._objects.folders(source) if folder[1] < before)
        pointing = self._rows.by_object()
        self._held = _held_folders(self._store)
        found: list[Expiry] = []
        for name, folders in groupby(expired, lambda folder: folder[0]):
            days = [day for _, day in folders]
            # The latest first: revisits go before the captures that they refer to.
            for end in range(len(days), 0, -STRETCH_DAYS):
                found += self._stretch(name, days[max(0, end - STRETCH_DAYS) : end], pointing)
        return sorted(found, key=lambda each: (each.source, each.day, each.key))

    def _stretch(
        self, source: str, days: Collection[date], pointing: Mapping[str, Collection[PartitionRef]]
    ) -> Iterator[Expiry]:
        objects = [each for day in days for each in self._objects.load(source, day)]
        near = {after for day in days for after in revisiting_days(day)}.difference(days)
        later = [each for day in near for each in self._objects.load(source, day)]
        kept = {each.key: reason for each in objects if (reason := self._needed(each, pointing.get(each.key, ())))}
        doomed, ripe = self._divided(objects, later, kept)
        if ripe and not self._dry_run:
            kept |= self._reconsidered(ripe.values(), pointing)
            doomed, ripe = self._divided(objects, later, kept)
        kept |= {each.key: REVISITED for each in objects if each.key not in kept and each.key not in doomed}
        if not self._dry_run:
            self._carry_out(objects, kept, ripe)
        for each in objects:
            reason = kept.get(each.key, "" if each.key in ripe else MARKED)
            action = Action.KEEP if each.key in kept else Action.MARK if reason else Action.DELETE
            yield Expiry(each.key, source_of(each.key), day_of(each.key).isoformat(), each.size, action, reason)

    def _divided(
        self, objects: Sequence[RawObject], later: Sequence[RawObject], kept: Collection[str]
    ) -> tuple[dict[str, RawObject], dict[str, RawObject]]:
        """Objects that nothing needs which stays; and those among them that can be deleted now, in that order."""
        everything = [*objects, *later]
        doomed = _deletable((each for each in objects if each.key not in kept), everything)
        return doomed, _deletable((each for each in doomed.values() if self._is_ripe(each)), everything)

    def _reconsidered(
        self, ripe: Collection[RawObject], pointing: Mapping[str, Collection[PartitionRef]]
    ) -> dict[str, str]:
        """Last look before deletion: objects that a row needs now, and why. Closed rejections let go of the others."""
        gone: defaultdict[PartitionId, set[str]] = defaultdict(set)
        for each in ripe:
            for ref in pointing.get(each.key, ()):
                gone[ref.partition].add(each.key)
        for partition, uris in gone.items():
            forget_captures(self._store, partition, uris)
        self._open.clear()
        self._held = _held_folders(self._store)
        pointing = self._rows.by_object()
        return {each.key: reason for each in ripe if (reason := self._needed(each, pointing.get(each.key, ())))}

    def _carry_out(self, objects: Iterable[RawObject], kept: Collection[str], ripe: Mapping[str, RawObject]) -> None:
        for each in objects:
            if each.key in kept and each.expiring_since:
                self._objects.unmark_expiring(each.key)
            elif each.key not in kept and each.key not in ripe:
                self._objects.mark_expiring(each.key)
        for key in ripe:
            self._objects.delete(key)

    def _needed(self, each: RawObject, refs: Collection[PartitionRef]) -> str:
        """Why an object must stay; empty if no row needs it."""
        if any(ref.kind is ARTICLES for ref in refs):
            return ARTICLE
        if any(each.key in self._open_rejects(ref) for ref in refs):
            return OPEN_REJECT
        if folder_of_record(each.key) in self._held:
            return HELD
        if self._grace and each.modified_at > self._settled:
            return RECENT
        return ""

    def _is_ripe(self, each: RawObject) -> bool:
        """Whether it has been marked for long enough."""
        return not self._grace or (each.expiring_since is not None and each.expiring_since <= self._settled)

    def _open_rejects(self, ref: PartitionRef) -> set[str]:
        """Raw objects that open rejections of a partition point into."""
        if ref.partition not in self._open:
            table = Lake(self._store).read_rejects(*ref.partition).select(["state", "capture_uri"])
            rows = table.to_pylist()
            self._open[ref.partition] = {row["capture_uri"] for row in rows if row["state"] == RejectState.OPEN}
        return self._open[ref.partition]


def _held_folders(store: ObjectStore) -> set[str]:
    """Folders of the archive with captures that no row points to since their day is held back."""
    return {folder for hold in open_holds(read_holds(store)) for folder in hold.got}


def _deletable(candidates: Iterable[RawObject], objects: Iterable[RawObject]) -> dict[str, RawObject]:
    """In the order in which they may be deleted, by key; without those that are referred to by what stays."""
    chosen = {each.key: each for each in candidates}
    order = deletion_order(chosen.values(), (each for each in objects if each.key not in chosen))
    return {each.key: each for each in order}

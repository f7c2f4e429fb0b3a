"""Deletes what is older than an age, one layer of the lake and one day at a time.

Articles and rejections go by partition. Raw captures go by the (source, capture day) folder, and only where no
partition names it: so the raw layer shrinks after the rows of its captures have expired.

Writers need not stand still. A first run marks the objects of a day, and from then on no writer takes a capture in them
for archived. A run a day later deletes them, unless a row has come to point into the day: then the marks go.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import Final

from infra.archive.raw_archive import REVISIT_DAYS
from infra.archive.raw_objects import RawObject, RawObjects, day_of, folder_key
from infra.base.choices import Layer
from infra.base.errors import UsageError
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, FETCHES, REJECTS
from infra.lake.suspects import suspect_days
from infra.store.object_store import ObjectStore
from parsers.record.article import NULL_PARTITION

# Who looked up a capture before it was marked has landed its row by then: no task lives that long.
GRACE: Final = timedelta(days=1)


class Action(StrEnum):
    """What is done with a day that is old enough."""

    DELETE = "delete"
    MARK = "mark"  # a run a day later deletes it
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Expiry:
    """What is done, or would be, with one day of a source, and why."""

    key: str  # of the partition, or of the folder of raw captures
    source: str
    day: str  # of capture (raw, rejects) or publication (articles), YYYY-MM-DD or Hive's null
    size: int  # bytes
    action: Action
    reason: str = ""  # why it is not deleted now


UNDATED: Final = "undated articles have no age"
ARTICLE: Final = "an article points into it"
REJECT: Final = "a rejection points into it"
SUSPECT: Final = "a suspect day names it"
REVISITED: Final = "a later day that stays needs a body in it"
RECENT: Final = "written a short time ago: rows may follow"
MARKED: Final = "marked: deleted by a later run if no row points into it"


def expire(
    store: ObjectStore,
    layer: Layer,
    before: date,
    *,
    now: datetime,
    grace: timedelta = GRACE,
    source: str | None = None,
    dry_run: bool = False,
) -> list[Expiry]:
    """Delete what is older than a day in one layer; what is done with each day, kept ones too, by source and day.

    `before` is a day of capture (raw, rejects) or publication (articles). A raw day is marked for the `grace` before it
    is deleted; zero if nothing else uses the lake. A `dry_run` changes nothing.
    """
    if before > now.date():
        raise UsageError(f"{before} is in the future", "Expire what is at least a day old.")
    if layer is Layer.RAW:
        return _RawExpiry(store, before, source, now - grace if grace else None).expire(dry_run=dry_run)
    found = []
    for name, day, info in Lake(store).partitions(source, ARTICLES if layer is Layer.ARTICLES else REJECTS):
        if day == NULL_PARTITION:
            found.append(Expiry(info.key, name, day, info.size, Action.KEEP, UNDATED))
        elif date.fromisoformat(day) < before:
            found.append(Expiry(info.key, name, day, info.size, Action.DELETE))
            if not dry_run:
                store.delete(info.key)
                if layer is Layer.ARTICLES:  # its account would say that all of it has landed
                    store.delete(FETCHES.key(name, day))
    return found


@dataclass(frozen=True, slots=True)
class _RawDay:
    """What must be known of the captures of one (source, day)."""

    source: str
    day: date
    size: int
    recent: bool  # an object was written within the grace
    ripe: bool  # all objects have been marked for the grace
    revisits: frozenset[date]  # earlier days in which bodies of its captures lie

    @property
    def folder(self) -> str:
        return folder_key(self.source, self.day)


class _RawExpiry:
    """One run over the raw layer."""

    def __init__(self, store: ObjectStore, before: date, source: str | None, settled: datetime | None) -> None:
        self._store = store
        self._objects = RawObjects(store)
        self._before = before
        self._settled = settled  # what was written or marked until then is settled; None: everything
        looked_at = before + timedelta(days=REVISIT_DAYS)  # captures of the days between may revisit what expires
        folders = [(name, day) for name, day in self._objects.folders(source) if day < looked_at]
        self._days = [self._look(*folder) for folder in sorted(folders, reverse=True)]  # revisits before their bodies

    def expire(self, *, dry_run: bool) -> list[Expiry]:
        """All days before the limit."""
        found = self._verdicts()
        if not dry_run and any(each.action is Action.DELETE for each in found):
            found = self._verdicts()  # rows may have come while all these indexes were read
        if not dry_run:
            for each in found:
                self._carry_out(each)
        return sorted(found, key=lambda each: (each.source, each.day))

    def _look(self, source: str, day: date) -> _RawDay:
        objects = self._objects.load(source, day)
        originals = (entry.original for each in objects for entry in each.entries if entry.original)
        return _RawDay(
            source,
            day,
            size=sum(each.size for each in objects),
            recent=self._settled is not None and any(each.modified_at > self._settled for each in objects),
            ripe=all(map(self._is_ripe, objects)),
            revisits=frozenset(day_of(original.uri) for original in originals) - {day},
        )

    def _is_ripe(self, each: RawObject) -> bool:
        return self._settled is None or (each.expiring_since is not None and each.expiring_since <= self._settled)

    def _verdicts(self) -> list[Expiry]:
        """What is to be done with each day, the latest first."""
        named = _named_folders(self._store)
        found: list[Expiry] = []
        needed: dict[tuple[str, date], tuple[Action, str]] = {}  # days with bodies for later days that are not deleted
        for each in self._days:
            action, reason = Action.DELETE, ""
            if each.day >= self._before:
                action = Action.KEEP
            elif because := named.get(each.folder):
                action, reason = Action.KEEP, because
            elif each.recent:
                action, reason = Action.KEEP, RECENT
            elif (each.source, each.day) in needed:
                action, reason = needed[each.source, each.day]
            if action is Action.DELETE and not each.ripe:
                action, reason = Action.MARK, MARKED
            if action is not Action.DELETE:
                why = (action, REVISITED if action is Action.KEEP else MARKED)
                for earlier in each.revisits:  # of two reasons the stronger: "keep" sorts before "mark"
                    needed[each.source, earlier] = min(needed.get((each.source, earlier), why), why)
            if each.day < self._before:
                found.append(Expiry(each.folder, each.source, each.day.isoformat(), each.size, action, reason))
        return found

    def _carry_out(self, expiry: Expiry) -> None:
        source, day = expiry.source, date.fromisoformat(expiry.day)
        objects = self._objects.load(source, day)
        if expiry.action is Action.MARK:
            for each in objects:
                self._objects.mark_expiring(each.key)
        elif expiry.action is Action.KEEP:
            for each in objects:
                if each.expiring_since:
                    self._objects.unmark_expiring(each.key)
        else:
            # What a writer has added since is not marked, and refers to nothing that is.
            for key in _revisits_first(each for each in objects if self._is_ripe(each)):
                self._objects.delete(key)
            self._objects.sweep(source, day)


def _named_folders(store: ObjectStore) -> dict[str, str]:
    """Folders of raw captures that something needs, and what."""
    lake, footers = Lake(store), Footers(store)
    footers.load()
    named: dict[str, str] = {}
    for kind, reason in ((REJECTS, REJECT), (ARTICLES, ARTICLE)):
        partitions = [info for *_, info in lake.partitions(kind=kind)]
        footers.read_ahead(partitions)
        for info in partitions:
            named |= {uri.rpartition("/")[0] + "/": reason for uri in footers.read(info).capture_uris}
    for suspect in suspect_days(store):
        for sample in suspect.samples:
            named.setdefault(sample.capture_uri.rpartition("/")[0] + "/", SUSPECT)
    return named


def _revisits_first(objects: Iterable[RawObject]) -> list[str]:
    """Keys in an order in which no revisit is ever left without its body, even if the deletion is killed."""
    originals = {
        each.key: {entry.original.uri for entry in each.entries if entry.original} - {each.key} for each in objects
    }
    return [key for key in reversed([*TopologicalSorter(originals).static_order()]) if key in originals]

"""Many small WARCs of a (source, day) into few, while everything that points to a capture goes on pointing to it.

    raw/source=tass/date=2017-05-11/0-<9999 - generation>-<digest of the names merged>-<seq>.warc.gz

Three steps, each of which may be interrupted: captures are copied, byte for byte, into new objects; rows are moved to
the copies; what nothing points to any more is deleted. Nothing is noted down in between: which of several copies of a
capture is the one to use follows from their names alone (`IndexEntry.rank`), and so does what remains to be done.
Names of compacted objects sort before all others, those of a later generation before those of an earlier one, so a
moved row is also the one that landing prefers among equal ones: moving and landing in any order end the same.

Captures and revisits are never merged into one object: a revisit says where its body lies, so moving bodies makes
revisits be written again, and if that moved bodies in turn, it would go on through all days.

Nothing needs to stand still meanwhile. A writer that looked up the old place of a capture lands a row with it minutes
later at most; an old object is deleted a day after its captures were copied, and when no row and no revisit points
into it any more.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from infra.archive.raw_archive import MAX_OBJECT_BYTES, MAX_OBJECT_RECORDS
from infra.archive.raw_index import IndexEntry, Pointer
from infra.archive.raw_objects import (
    WARC_SUFFIX,
    RawObject,
    RawObjects,
    damaged,
    day_of,
    entry_of,
    folder_key,
    keep_least,
)
from infra.archive.warc import decode, encode_info, with_original
from infra.store.object_store import ConflictError, ObjectStore, range_missing
from infra.upkeep.raw_references import PartitionRef, RowReferences, deletion_order, revisiting_days
from infra.upkeep.row_pointers import move_captures

if TYPE_CHECKING:
    from parsers.record.capture import CaptureIdentity

STRETCH_DAYS: Final = 31  # articles of a day point to captures of some days: their rows are moved once or twice
GENERATIONS: Final = 9_999  # a day is compacted again when captures of it come in late: even daily, for 27 years
COMPACTED: Final = re.compile(r".*/0-(\d{4})-[0-9a-f]{16}-\d{5}\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one source that are compacted together, ascending."""

    source: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CompactedDay:
    """What was done, or would be, in one (source, day).

    Attributes:
        source: source folder.
        day: of the captures, UTC.
        merged: objects that were merged.
        merged_bytes: their size, with their indexes.
        written: objects that they were merged into.
        deleted: objects that were deleted, all their captures being elsewhere.
        deleted_bytes: their size.
        waiting: objects that will be deleted later: too early, or something points there still.
    """

    source: str
    day: date
    merged: int = 0
    merged_bytes: int = 0
    written: int = 0
    deleted: int = 0
    deleted_bytes: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class CompactionReport:
    """What was done, or would be.

    Attributes:
        days: those on which there was anything to do, by source and day.
        partitions: partitions whose rows were moved.
    """

    days: tuple[CompactedDay, ...] = ()
    partitions: int = 0

    def __add__(self, other: "CompactionReport") -> "CompactionReport":
        return CompactionReport(self.days + other.days, self.partitions + other.partitions)


def plan_compaction(store: ObjectStore, before: date, source: str | None = None) -> list[Stretch]:
    """Days that may have something to merge, from one listing.

    Args:
        store: of the lake.
        before: the first capture day left out.
        source: source folder; None: all.

    Raises:
        NewslakeError: the source's name is none.
    """
    counts = RawObjects(store).folders(source)
    stretches = []
    for name in sorted({name for name, _ in counts}):
        # A day with a single object is looked at for revisits of captures that are moved.
        crowded = [day for (each, day), count in counts.items() if each == name and count > 1]
        near = {after for day in crowded for after in (day, *revisiting_days(day))}
        days = sorted(day for day in near if (name, day) in counts and day < before)
        stretches += [
            Stretch(name, tuple(days[first : first + STRETCH_DAYS])) for first in range(0, len(days), STRETCH_DAYS)
        ]
    return stretches


def compact(
    store: ObjectStore, stretch: Stretch, *, now: datetime, grace: timedelta, dry_run: bool = False
) -> CompactionReport:
    """Merge, move and delete; or only say what would be merged and deleted.

    Args:
        store: of the lake.
        stretch: which captures.
        now: the present, aware.
        grace: how long a merged object is kept; `raw_references.GRACE`, or zero if nothing else uses the lake.
        dry_run: change nothing.

    Raises:
        NewslakeError: an object is damaged, or the store failed. Run it again when that is mended.
    """
    compaction = _Compaction(store, stretch)
    for day in stretch.days:
        compaction.merge(day, dry_run=dry_run)
    partitions = 0 if dry_run else compaction.move_rows()
    compaction.delete(now, grace, dry_run=dry_run)
    reports = (compaction.report(day) for day in stretch.days)
    return CompactionReport(tuple(each for each in reports if each != CompactedDay(each.source, each.day)), partitions)


class _Day:
    """The objects of one (source, day) that are in use, and where each capture in them is to be looked for."""

    def __init__(self, objects: Sequence[RawObject]) -> None:
        self.all = objects
        self.objects = [each for each in objects if each.expiring_since is None]
        self.written_at = {each.key: each.modified_at for each in self.objects}
        self.identities: dict[Pointer, CaptureIdentity] = {}
        self.least: dict[CaptureIdentity, IndexEntry] = {}
        for each in self.objects:
            for entry in each.entries:
                self.identities[entry.pointer] = entry.identity
                keep_least(self.least, entry.identity, entry)

    def in_use(self, each: RawObject) -> list[IndexEntry]:
        """Captures of an object for which it is the one to use, in the order in which they lie there."""
        used = (entry for entry in each.entries if self.least[entry.identity].pointer == entry.pointer)
        return sorted(used, key=lambda entry: entry.pointer)

    def moves(self) -> dict[Pointer, Pointer]:
        """The place to use for each other one."""
        places = {old: self.least[identity].pointer for old, identity in self.identities.items()}
        return {old: new for old, new in places.items() if old != new}

    def superseded(self) -> list[RawObject]:
        """Objects of which every capture lies elsewhere too, and is to be used there."""
        return [each for each in self.objects if each.entries and not self.in_use(each)]

    def superseded_at(self, each: RawObject) -> datetime:
        """When the last of an object's captures was copied."""
        return max(self.written_at[self.least[entry.identity].pointer.uri] for entry in each.entries)


class _Compaction:
    """One stretch while it is compacted."""

    def __init__(self, store: ObjectStore, stretch: Stretch) -> None:
        self._store = store
        self._source = stretch.source
        self._days = stretch.days
        self._objects = RawObjects(store)
        self._rows = RowReferences(store)
        self._loaded: dict[date, _Day] = {}
        self._merged: dict[date, list[RawObject]] = {}
        self._written: dict[date, int] = {}
        self._deleted: dict[date, list[RawObject]] = {}
        self._last_read: tuple[str, bytes] = ("", b"")

    def merge(self, day: date, *, dry_run: bool) -> None:
        """Copy the captures of small objects into large ones, bodies first: revisits have to say where they lie."""
        chosen = self._chosen(day)
        entries = [entry for each in chosen for entry in self._day(day).in_use(each)]
        bodies = _packed(entry for entry in entries if entry.original is None)
        revisits = _packed(entry for entry in entries if entry.original is not None)
        self._merged[day], self._written[day] = chosen, len(bodies) + len(revisits)
        if dry_run or not chosen:
            return
        prefix = folder_key(self._source, day) + _name(chosen)
        for group, first in ((bodies, 0), (revisits, len(bodies))):
            for number, packed in enumerate(group, first):
                self._copy(packed, f"{prefix}-{number:05}{WARC_SUFFIX}")
            del self._loaded[day]
            self._day(day)

    def move_rows(self) -> int:
        """Let rows point to the copies; how many partitions were written."""
        by_uri: dict[str, dict[Pointer, Pointer]] = {}
        for day in self._days:
            for old, new in self._day(day).moves().items():
                by_uri.setdefault(old.uri, {})[old] = new
        pointing = self._rows.by_object() if by_uri else {}
        moves: dict[PartitionRef, dict[Pointer, Pointer]] = {}
        for uri, places in by_uri.items():
            for ref in pointing.get(uri, ()):
                moves.setdefault(ref, {}).update(places)
        return sum(move_captures(self._store, ref.kind, ref.partition, moved) for ref, moved in moves.items())

    def delete(self, now: datetime, grace: timedelta, *, dry_run: bool) -> None:
        """Delete what has been superseded for long enough and nothing points to."""
        due = [each for day in self._days for each in self._day(day).superseded() if self._is_due(each, now, grace)]
        pointing = self._rows.by_object() if due else {}
        candidates = {each.key: each for each in due if each.key not in pointing}
        near = {after for day in self._days for after in (day, *revisiting_days(day))} if due else set()
        others = (each for day in near for each in self._day(day).all if each.key not in candidates)
        for each in deletion_order(candidates.values(), others):
            self._deleted.setdefault(day_of(each.key), []).append(each)
            if not dry_run:
                self._objects.delete(each.key)
        if not dry_run:
            for day in self._days:
                self._objects.sweep(self._source, day)

    def report(self, day: date) -> CompactedDay:
        """What was done on a day."""
        merged, deleted = self._merged[day], self._deleted.get(day, [])
        return CompactedDay(
            source=self._source,
            day=day,
            merged=len(merged),
            merged_bytes=sum(each.size for each in merged),
            written=self._written[day],
            deleted=len(deleted),
            deleted_bytes=sum(each.size for each in deleted),
            waiting=len(self._day(day).superseded()) - len(deleted),
        )

    def _day(self, day: date) -> _Day:
        if day not in self._loaded:
            self._loaded[day] = _Day(self._objects.load(self._source, day))
        return self._loaded[day]

    def _chosen(self, day: date) -> list[RawObject]:
        """Objects to be merged, by key: small ones where there are several, and those with revisits of what moves."""
        objects = self._day(day).objects
        used = {each.key: entries for each in objects if (entries := self._day(day).in_use(each))}
        small = {each.key for each in objects if each.key in used and _is_small(each)}
        small_bodies = {key for key in small if any(entry.original is None for entry in used[key])}
        chosen = small_bodies if len(small_bodies) > 1 else set()
        while more := {key for key in used.keys() - chosen if self._must_follow(used[key], chosen)}:
            chosen |= more
        with_revisits = {key for key in chosen | small - small_bodies if any(entry.original for entry in used[key])}
        if len(with_revisits) > 1:
            chosen |= with_revisits
        merged = [each for each in objects if each.key in chosen]
        return merged if not merged or _generation(merged) <= GENERATIONS else []

    def _must_follow(self, entries: Iterable[IndexEntry], moving: Collection[str]) -> bool:
        """Whether there is a revisit of a body that has been moved or will be."""
        originals = (entry.original for entry in entries if entry.original)
        return any(original.uri in moving or self._place_of(original) != original for original in originals)

    def _place_of(self, original: Pointer) -> Pointer:
        """Where the body of a revisit is to be looked for now."""
        day = self._day(day_of(original.uri))
        identity = day.identities.get(original)  # None: it is in no index, or expiring
        return day.least[identity].pointer if identity else original

    def _copy(self, entries: Sequence[IndexEntry], key: str) -> None:
        """Write one object with copies of these records."""
        members = [encode_info(key.rpartition("/")[2], max(entry.captured_at for entry in entries))]
        size = len(members[0])
        copies: list[IndexEntry] = []
        for entry in entries:
            member = self._member(entry)
            if entry.original:
                member = with_original(member, self._place_of(entry.original))
            copies.append(entry_of(decode(member), Pointer(key, size, len(member))))
            members.append(member)
            size += len(member)
        with suppress(ConflictError):  # merged from the same objects by a run that was killed, or by another one
            self._objects.put(key, b"".join(members), copies)

    def _member(self, entry: IndexEntry) -> bytes:
        """The record that an index speaks of, once it has been seen to be whole."""
        place = entry.pointer
        if self._last_read[0] != place.uri:
            stored = self._store.get(place.uri)
            if stored is None:
                raise range_missing(self._store.uri, place.uri, place.offset, place.length)
            self._last_read = place.uri, stored.body
        member = self._last_read[1][place.offset : place.offset + place.length]
        try:
            if entry_of(decode(member), place) != entry:
                raise ValueError("its index says something else")
        except ValueError as error:
            raise damaged(self._store, f"{place.uri} at byte {place.offset}", error) from error
        return member

    def _is_due(self, each: RawObject, now: datetime, grace: timedelta) -> bool:
        superseded_at = self._day(day_of(each.key)).superseded_at(each)
        return not grace or superseded_at <= now - grace  # without grace a clock behind the store's does not matter


def _is_small(each: RawObject) -> bool:
    """Whether any two such objects fit into one: so there is an end to merging."""
    return each.size < MAX_OBJECT_BYTES / 2 and len(each.entries) < MAX_OBJECT_RECORDS / 2


def _packed(entries: Iterable[IndexEntry]) -> list[list[IndexEntry]]:
    """Records in groups that an object may hold, in their order."""
    groups: list[list[IndexEntry]] = []
    size = 0
    for entry in entries:
        size += entry.pointer.length
        if not groups or size > MAX_OBJECT_BYTES or len(groups[-1]) == MAX_OBJECT_RECORDS:
            groups.append([])
            size = entry.pointer.length
        groups[-1].append(entry)
    return groups


def _generation(objects: Iterable[RawObject]) -> int:
    """Generation of what these objects are merged into: one more than the latest of theirs."""
    matches = (COMPACTED.fullmatch(each.key) for each in objects)
    return 1 + max(GENERATIONS - int(match[1]) if match else 0 for match in matches)


def _name(objects: Sequence[RawObject]) -> str:
    """Begin of the names of what these objects are merged into: whoever merges the same makes the same."""
    names = "\n".join(each.key for each in objects)
    return f"0-{GENERATIONS - _generation(objects):04}-{hashlib.sha256(names.encode()).hexdigest()[:16]}"

"""Deletes what is older than an age, one layer of the lake and one day at a time.

Articles and rejections go by partition. Raw captures go by the (source, capture day) folder, and only where no
partition names it: so the raw layer shrinks after the rows of its captures have expired.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from infra.archive.raw_archive import REVISIT_DAYS, RawArchive, day_of, folder_key
from infra.base.choices import Layer
from infra.base.errors import UsageError
from infra.lake.changes import Changes
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, FETCHES, REJECTS, date_of
from infra.lake.staged_rows import land_staged
from infra.lake.suspects import suspect_days
from infra.store.object_store import ObjectStore
from parsers.record.article import NULL_PARTITION

# A run archives before it lands: what was written this recently may still get rows. No task lives so long.
GRACE: Final = timedelta(days=1)


DELETE, KEEP = "delete", "keep"  # what is done with a day that is old enough


@dataclass(frozen=True, slots=True)
class Expiry:
    """What is done, or would be, with one day of a source, and why."""

    key: str  # of the partition, or of the folder of raw captures
    source: str
    day: str  # of capture (raw, rejects) or publication (articles), YYYY-MM-DD or Hive's null
    size: int  # bytes
    action: str
    reason: str = ""  # why it is kept


UNDATED: Final = "undated articles have no age"
ARTICLE: Final = "an article points into it"
REJECT: Final = "a rejection points into it"
SUSPECT: Final = "a suspect day names it"
REVISITED: Final = "a later day that stays needs a body in it"
RECENT: Final = "written a short time ago: rows may follow"


def expire(
    store: ObjectStore, layer: Layer, before: date, *, now: datetime, source: str | None = None, dry_run: bool = False
) -> list[Expiry]:
    """Delete what is older than a day in one layer; what is done with each day, kept ones too, by source and day."""
    if before > now.date():
        raise UsageError(f"{before} is in the future", "Expire what is at least a day old.")
    if not dry_run:
        land_staged(Lake(store))  # what rows point to is kept
    if layer is Layer.RAW:
        settled = now - GRACE
        found = list(_captures(store, before, settled, source))
        for each in found if not dry_run else ():
            if each.action is DELETE:
                RawArchive(store).delete(each.source, date.fromisoformat(each.day), settled)
        return sorted(found, key=lambda each: (each.source, each.day))
    found = []
    for name, partition, info in Lake(store).partitions(source, ARTICLES if layer is Layer.ARTICLES else REJECTS):
        day = date_of(partition)
        if day == NULL_PARTITION:
            found.append(Expiry(info.key, name, day, info.size, KEEP, UNDATED))
        elif date.fromisoformat(day) < before:
            found.append(Expiry(info.key, name, day, info.size, DELETE))
    if not dry_run:
        _delete_partitions(store, [each for each in found if each.action is DELETE], layer)
    return found


def _delete_partitions(store: ObjectStore, expired: Sequence[Expiry], layer: Layer) -> None:
    keys = []
    for each in expired:
        keys.append(each.key)
        if layer is Layer.ARTICLES:  # its account would say that all of it has landed
            keys.append(FETCHES.key(each.source, each.day))
    with Changes(store) as changes:
        changes.expect(keys)
        for key in keys:
            changes.delete(key)


@dataclass(frozen=True, slots=True)
class _RawDay:
    """What must be known of the captures of one (source, day)."""

    source: str
    day: date
    size: int
    is_recent: bool
    revisits: frozenset[date]  # days in which bodies of its captures lie


def _captures(store: ObjectStore, before: date, settled: datetime, source: str | None) -> Iterator[Expiry]:
    """What is to be done with each day of captures, the latest first: revisits go before their bodies."""
    looked_at = before + timedelta(days=REVISIT_DAYS)  # captures of the days between may revisit what expires
    folders = [(name, day) for name, day in RawArchive(store).folders(source) if day < looked_at]
    days = [_look(store, *folder, settled) for folder in sorted(folders, reverse=True)]
    named = _named_folders(store)  # last, for rows may have come while all these indexes were read
    needed: set[tuple[str, date]] = set()  # days with bodies for later days that stay
    for each in days:
        folder = folder_key(each.source, each.day)
        is_needed = REVISITED if (each.source, each.day) in needed else ""
        reason = named.get(folder) or (RECENT if each.is_recent else is_needed)
        if reason or each.day >= before:
            needed |= {(each.source, day) for day in each.revisits}
        if each.day < before:
            action = KEEP if reason else DELETE
            yield Expiry(folder, each.source, each.day.isoformat(), each.size, action, reason)


def _look(store: ObjectStore, source: str, day: date, settled: datetime) -> _RawDay:
    objects = RawArchive(store).load(source, day)
    originals = (entry.original for each in objects for entry in each.entries if entry.original)
    return _RawDay(
        source,
        day,
        size=sum(each.size for each in objects),
        is_recent=any(each.modified_at > settled for each in objects),
        revisits=frozenset(day_of(original.uri) for original in originals if not original.is_outside) - {day},
    )


def _named_folders(store: ObjectStore) -> dict[str, str]:
    """Folders of raw captures that something needs, and what."""
    lake, footers = Lake(store), Footers(store)
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

"""What the raw archive holds of a source: what need not be fetched again, and what was fetched but never landed."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from infra.archive.raw_archive import IndexEntry, Pointer
from infra.archive.raw_objects import (
    EXPIRING_SUFFIX,
    WARC_SUFFIX,
    RawObjects,
    beside,
    day_of,
    folder_key,
    keep_least,
    require_source,
)
from infra.base.days import Days
from infra.intake.web.fetching import FINAL_STATUSES
from infra.store.object_store import ObjectStore
from infra.work.live.unlanded import PAGE_STATUSES, READERS, Unlanded, capture_key
from infra.work.reparse.plan import ArchivedChunk, chunked
from parsers.fields.urls import address_key

# A listing of the whole source is a request per 1,000 objects; up to a month of days is cheaper to list one by one.
LISTED_BY_DAY: Final = 31
GONE: Final = 410  # RFC 9110, 15.5.11: likely to be permanent
# A page that came in cut short is asked for once more, in another run. What is cut short twice is as good as it gets:
# a page without an end, or a crawler's limit.
TRUNCATED_TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class Captured:
    """Captures of one source that were got on some days, as the archive's indexes and the lake's rows say.

    Attributes:
        source: name of the source.
        unlanded: those that no row or rejection came from.
    """

    source: str
    unlanded: Unlanded
    _held: frozenset[str]
    _gone: frozenset[str]
    _moments: frozenset[tuple[str, datetime]]

    @classmethod
    def load(cls, store: ObjectStore, source: str, days: Days, *, today: date) -> "Captured":
        """Read the indexes of all days on which pages of some days may have been captured.

        A page is captured on the day on which it is published, or later: so all capture days from the day before the
        first one up to today are looked at. For many days of a source call it once.

        Args:
            store: of the lake.
            source: name of the source.
            days: publication days.
            today: the present day, UTC.

        Raises:
            NewslakeError: the lake cannot be read, or a WARC without index or a partition is damaged.
        """
        first = date.fromordinal(max(1, days.start.toordinal() - 1))  # a zone that is misread costs a day at most
        held: set[str] = set()
        gone: set[str] = set()
        moments: set[tuple[str, datetime]] = set()
        truncated: set[tuple[str, datetime]] = set()  # two writers may have kept the very same capture
        landable: dict[str, IndexEntry] = {}
        for entry, expiring in _entries(store, source, first, today):
            if not expiring:  # no new row may point to what is about to be deleted
                keep_least(landable, capture_key(entry), entry)
            key = address_key(entry.url)
            if key is None:
                continue
            moments.add((key, entry.captured_at))
            if entry.http_status in FINAL_STATUSES or (entry.http_status in PAGE_STATUSES and not entry.truncated):
                held.add(key)
            elif entry.http_status in PAGE_STATUSES:
                truncated.add((key, entry.captured_at))
            if entry.http_status == GONE:
                gone.add(key)
        tries = Counter(key for key, _ in truncated)
        held.update(key for key, number in tries.items() if number >= TRUNCATED_TRIES)
        unlanded = Unlanded.among(store, source, landable.values(), first)
        return cls(source, unlanded, frozenset(held), frozenset(gone), frozenset(moments))

    def has(self, url: str) -> bool:
        """Whether an address need not be fetched: its page is archived, or the server's final word that there is none.

        Addresses are the same whatever of scheme, `www.`, fragment and tracking parameters is written otherwise.
        """
        return address_key(url) in self._held

    def has_capture(self, url: str, captured_at: datetime) -> bool:
        """Whether the very capture of that time is archived, however good it is. An index names the time."""
        key = address_key(url)
        return key is not None and (key, captured_at) in self._moments

    def gone(self, url: str) -> bool:
        """Whether the server said 410 of an address."""
        return address_key(url) in self._gone

    @property
    def pending(self) -> tuple[Pointer, ...]:
        """Captures to be parsed and landed, by time: a run was killed after it had archived them.

        A capture of a run that is still at work may be among them; landing it twice changes nothing.
        """
        return tuple(entry.pointer for entry in self.unlanded.entries)

    def pending_chunks(self) -> list[ArchivedChunk]:
        """The pending captures as work for `infra.work.reparse.reparse.reparse_chunk`; they claim no days."""
        return chunked(self.source, self.pending)

    def note_parsed(self, store: ObjectStore) -> None:
        """Say that the pending captures were parsed and landed: those that gave no row are not taken up again.

        Raises:
            NewslakeError: the lake cannot be written.
        """
        self.unlanded.note_parsed(store)


def _entries(store: ObjectStore, source: str, first: date, last: date) -> Iterator[tuple[IndexEntry, bool]]:
    """Index lines of the capture days from `first` to `last`, and whether each is about to be deleted."""
    number = (last - first).days + 1
    prefixes = [folder_key(source, first + timedelta(days=offset)) for offset in range(number)]
    if number > LISTED_BY_DAY:
        prefixes = [f"raw/source={require_source(source)}/"]
    objects = RawObjects(store)
    with ThreadPoolExecutor(READERS) as pool:
        listed = pool.map(lambda prefix: [info.key for info in store.list(prefix)], prefixes)
        keys = {key for names in listed for key in names}
        warcs = sorted(key for key in keys if key.endswith(WARC_SUFFIX) and first <= day_of(key) <= last)
        for key, entries in zip(warcs, pool.map(objects.entries_of, warcs), strict=True):
            expiring = beside(key, EXPIRING_SUFFIX) in keys
            yield from ((entry, expiring) for entry in entries)

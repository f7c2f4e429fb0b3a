"""What need not be fetched again: which addresses of a source the lake holds the page of, or the server's last word."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from infra.archive.raw_archive import IndexEntry
from infra.archive.raw_objects import WARC_SUFFIX, RawObjects, day_of, folder_key, require_source
from infra.base.days import Days
from infra.base.stop import Threads
from infra.intake.web.fetching import FINAL_STATUSES
from infra.store.object_store import ObjectStore
from parsers.fields.urls import address_key
from parsers.record.capture import Capture

READERS: Final = 8  # objects got at a time: boto3 is bound by Python's CPU time, past 8 threads there is little gain
# A listing of the whole source is a request per 1,000 objects; up to a month of days is cheaper to list one by one.
LISTED_BY_DAY: Final = 31
PAGE_STATUSES: Final = (None, 200)  # of captures that may hold an article; None: without an HTTP exchange
GONE: Final = 410  # RFC 9110, 15.5.11: likely to be permanent
# A page that came in cut short is asked for once more, in another run. What is cut short twice is as good as it gets:
# a page without an end, or a crawler's limit.
TRUNCATED_TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class Captured:
    """The captures of one source that were made on some days."""

    _held: frozenset[str]
    _gone: frozenset[str]
    _moments: frozenset[tuple[str, datetime]]

    @classmethod
    def load(
        cls, store: ObjectStore, source: str, days: Days, *, today: date, staged: Iterable[Capture] = ()
    ) -> "Captured":
        """Read the indexes of all days on which pages of some days may have been captured.

        A page is captured on the day on which it is published, or later: from the day before the first one up to today.

        Raises:
            NewslakeError: the lake cannot be read, or a WARC without index is damaged.
        """
        first = date.fromordinal(max(1, days.start.toordinal() - 1))  # a misread time zone costs a day at most
        held: set[str] = set()
        gone: set[str] = set()
        moments: set[tuple[str, datetime]] = set()
        truncated: set[tuple[str, datetime]] = set()  # two writers may have kept the very same capture
        kept: Iterator[IndexEntry | Capture] = chain(_entries(store, source, first, today), staged)
        for each in kept:
            key = address_key(each.url)
            if key is None:
                continue
            moments.add((key, each.captured_at))
            if each.http_status in FINAL_STATUSES or (each.http_status in PAGE_STATUSES and not each.truncated):
                held.add(key)
            elif each.http_status in PAGE_STATUSES:
                truncated.add((key, each.captured_at))
            if each.http_status == GONE:
                gone.add(key)
        tries = Counter(key for key, _ in truncated)
        held.update(key for key, number in tries.items() if number >= TRUNCATED_TRIES)
        return cls(frozenset(held), frozenset(gone), frozenset(moments))

    def has(self, url: str) -> bool:
        """Whether an address need not be fetched: its page is kept, or the server's final word that there is none.

        Addresses that differ only in scheme, `www.`, fragment or tracking parameters are the same.
        """
        return address_key(url) in self._held

    def has_capture(self, url: str, captured_at: datetime) -> bool:
        """Whether the very capture of that time is kept, however good it is. An index names the time."""
        key = address_key(url)
        return key is not None and (key, captured_at) in self._moments

    def gone(self, url: str) -> bool:
        """Whether the server answered 410 for an address."""
        return address_key(url) in self._gone


def _entries(store: ObjectStore, source: str, first: date, last: date) -> Iterator[IndexEntry]:
    """Index lines of the capture days from `first` to `last`."""
    number = (last - first).days + 1
    prefixes = [folder_key(source, first + timedelta(days=offset)) for offset in range(number)]
    if number > LISTED_BY_DAY:
        prefixes = [f"raw/source={require_source(source)}/"]
    with Threads(READERS) as pool:
        listed = pool.map(lambda prefix: [info.key for info in store.list(prefix)], prefixes)
        warcs = [key for keys in listed for key in keys if key.endswith(WARC_SUFFIX) and first <= day_of(key) <= last]
        for entries in pool.map(RawObjects(store).entries_of, warcs):
            yield from entries

"""Which pages of a source the raw archive holds: those need no request, whatever the account of a day says."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from infra.archive.raw_archive import RawArchive
from infra.base.days import Days
from infra.store.object_store import ObjectStore
from parsers.fields.urls import address_key

PAGE_STATUSES: Final = (None, 200)  # of captures that may hold an article; None: without an HTTP exchange


@dataclass(frozen=True, slots=True)
class Captured:
    """The captures of one source that were made on some days."""

    pages: dict[str, datetime]  # when the last whole page of an address was captured, by its key
    _moments: frozenset[tuple[str, datetime]]

    @classmethod
    def load(cls, store: ObjectStore, source: str, days: Days, *, today: date) -> "Captured":
        """Read the indexes of all days on which pages of some days may have been captured.

        A page is captured on the day on which it is published, or later: from the day before the first one up to today.
        """
        first = days.start - timedelta(days=1)  # a misread time zone costs a day at most
        pages: dict[str, datetime] = {}
        moments: set[tuple[str, datetime]] = set()
        for each in RawArchive(store).entries(source, first, today + timedelta(days=1)):  # by time: the last one stays
            if key := address_key(each.url):
                moments.add((key, each.captured_at))
                if each.http_status in PAGE_STATUSES and not each.truncated:
                    pages[key] = each.captured_at
        return cls(pages, frozenset(moments))

    def has_capture(self, url: str, captured_at: datetime) -> bool:
        """Whether the very capture of that time is kept, however good it is. An index names the time."""
        key = address_key(url)
        return key is not None and (key, captured_at) in self._moments

"""Which archived captures no row speaks of: what a run leaves that is killed between archiving and landing.

A capture has landed if a row of the lake came from it, or a rejection says why it gave none. Of an article with several
captures the lake keeps the best row only, so a capture may have been parsed and have no row to show for it. Two things
tell such captures from forgotten ones: a complete row of the same address that covers their time, and a note in
`_catalog/parsed/` of what was found without a row and parsed once. The note may be deleted at any time: what it names
is then parsed once more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

import orjson

from infra.archive.raw_index import IndexEntry
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS, TableKind, decode
from infra.lake.rejects import reject_id, writable
from infra.store.object_store import ObjectInfo, ObjectStore, read_merge_write
from parsers.fields.urls import address_key
from parsers.record.article import Fidelity
from parsers.record.capture import Capture, MediaType

READERS: Final = 8  # objects got at a time: boto3 is bound by Python's CPU time, past 8 threads there is little gain
# A row is written after its capture was got, by another clock. Clocks that are off by more than a day are refused
# elsewhere (`archived_pages`); a partition that is passed over wrongly costs a parse, and no page.
CLOCK_MARGIN: Final = timedelta(days=1)
ARTICLE_COLUMNS: Final = ("url", "captured_at", "capture_digest", "first_captured_at", "fidelity", "canonical_url")
PAGE_STATUSES: Final = (None, 200)  # of captures that may hold an article; None: without an HTTP exchange


def capture_key(entry: IndexEntry) -> str:
    """Names a capture as rows and rejections of it do, wherever in the archive it lies. 32 hex characters."""
    url = None if entry.url is None else writable(entry.url)
    return reject_id(entry.source, url, entry.captured_at, entry.digest)


@dataclass(frozen=True, slots=True)
class Unlanded:
    """Captures that no row speaks of, and what to note once they are parsed.

    Attributes:
        source: name of the source.
        entries: the captures, by time.
        landed: keys of the captures that rows speak of: a note on these is no longer needed.
    """

    source: str
    entries: tuple[IndexEntry, ...]
    landed: frozenset[str]

    @classmethod
    def among(cls, store: ObjectStore, source: str, entries: Collection[IndexEntry], first: date) -> "Unlanded":
        """Look for those of some captures that never landed.

        Args:
            store: of the lake.
            source: name of the source.
            entries: captures of the source.
            first: the earliest day on which any of them was got.

        Raises:
            NewslakeError: a partition is damaged or cannot be read.
        """
        if not entries:
            return cls(source, (), frozenset())
        rows = _Rows(store, source, first)
        parsed = _noted(_read(store, source))
        left = [
            entry
            for entry in entries
            if (key := capture_key(entry)) not in rows.captures and key not in parsed and not rows.cover(entry)
        ]
        return cls(source, tuple(sorted(left, key=lambda each: (each.captured_at, each.pointer))), rows.captures)

    def note_parsed(self, store: ObjectStore) -> None:
        """Remember that all of them were parsed and what came of it was landed; nothing is written if there are none.

        Raises:
            NewslakeError: the lake cannot be read or written.
        """
        if not self.entries:
            return
        new = {capture_key(entry) for entry in self.entries}

        def merge(old: bytes | None) -> bytes:
            return orjson.dumps(sorted((_noted(old) - self.landed) | new))

        if new:
            read_merge_write(store, _note_key(self.source), merge)


def alias_key(source: str, capture: Capture, canonical_url: str | None) -> str | None:
    """Names a capture whose article goes by another address; None where it goes by the one that was asked for.

    The row of such an article may come from a capture of its own address, and nothing then tells this one from a
    capture that was forgotten.

    Args:
        source: name of the source.
        capture: that gave the article.
        canonical_url: the article's address.
    """
    if capture.url is None or address_key(capture.url) == address_key(canonical_url):
        return None
    return reject_id(source, writable(capture.url), capture.captured_at, capture.digest)


def note_keys(store: ObjectStore, source: str, keys: Collection[str]) -> None:
    """Remember captures as parsed; see `Unlanded.note_parsed`. Nothing is written if there are none.

    Raises:
        NewslakeError: the lake cannot be written.
    """
    if keys:
        read_merge_write(store, _note_key(source), lambda old: orjson.dumps(sorted(_noted(old).union(keys))))


class _Rows:
    """What the rows of a source say of captures that were got on some day or later.

    Attributes:
        captures: keys of the captures that a row or a rejection came from.
    """

    def __init__(self, store: ObjectStore, source: str, first: date) -> None:
        self._store = store
        self._source = source
        self._first = first
        self._footers = Footers(store)
        self._footers.load()
        self._rows = list(self._articles())
        landed = {reject_id(source, url, captured_at, digest) for url, captured_at, digest, *_ in self._rows}
        self.captures = frozenset(landed.union(key for (key,) in self._rejects()))

    def cover(self, entry: IndexEntry) -> bool:
        """Whether an article of this address has a row that this capture lost to, or would lose to.

        Such a row is no worse and no older. `first_captured_at` knows of the rows that lost: the capture of that time
        has been landed, and one from before it never was.
        """
        if entry.http_status not in PAGE_STATUSES:
            return False  # its rejection is what is missing
        best = Fidelity.HTML if entry.media_type is MediaType.HTML else Fidelity.TEXT
        rank = (Fidelity.PARTIAL if entry.truncated else best).rank
        rows = self._by_address.get(address_key(entry.url), ())
        at = entry.captured_at
        return any(at == earliest or (has >= rank and earliest < at <= last) for has, earliest, last in rows)

    @cached_property
    def _by_address(self) -> dict[str | None, list[tuple[int, datetime, datetime]]]:
        """Rank, first and last capture time of rows; only needed where a capture has no row of its own."""
        found: defaultdict[str | None, list[tuple[int, datetime, datetime]]] = defaultdict(list)
        for url, captured_at, _, earliest, fidelity, canonical_url in self._rows:
            # By its own address too: the row may come from a capture of another one, and win over those of this.
            for key in {address_key(url), address_key(canonical_url)}:
                found[key].append((Fidelity(fidelity).rank, earliest, captured_at))
        found.pop(None, None)  # captures without an address say nothing of each other
        return found

    def _articles(self) -> Iterator[tuple[Any, ...]]:
        listed = (
            info
            for *_, info in Lake(self._store).partitions(self._source)
            if info.modified_at.date() + CLOCK_MARGIN >= self._first
        )
        return self._columns(ARTICLES, listed, ARTICLE_COLUMNS)

    def _rejects(self) -> Iterator[tuple[Any, ...]]:
        first = self._first.isoformat()
        listed = (info for _, day, info in Lake(self._store).partitions(self._source, REJECTS) if day >= first)
        return self._columns(REJECTS, listed, (REJECTS.identity,))

    def _columns(
        self, kind: TableKind, listed: Iterable[ObjectInfo], names: tuple[str, ...]
    ) -> Iterator[tuple[Any, ...]]:
        with ThreadPoolExecutor(READERS) as pool:
            for table in pool.map(lambda info: self._read(kind, info, names), listed):
                yield from zip(*(table[name].to_pylist() for name in names), strict=True)

    def _read(self, kind: TableKind, info: ObjectInfo, names: tuple[str, ...]) -> Any:
        """Columns of a partition; of one that points to no capture of these days, none of its rows."""
        least = f"raw/source={self._source}/date={self._first}/"
        body = None
        if kind is REJECTS or any(uri >= least for uri in self._footers.read(info).capture_uris):
            stored = self._store.get(info.key)
            body = stored.body if stored else None  # deleted since it was listed
        return (decode(kind, body, info.key)[0] if body else kind.schema.empty_table()).select(names)


def _note_key(source: str) -> str:
    return f"_catalog/parsed/source={source}.json"


def _read(store: ObjectStore, source: str) -> bytes | None:
    stored = store.get(_note_key(source))
    return stored.body if stored else None


def _noted(body: bytes | None) -> set[str]:
    """Keys of a note; one that cannot be read is as none."""
    try:
        return {key for key in orjson.loads(body or b"[]") if isinstance(key, str)}
    except (ValueError, TypeError):
        return set()

"""What is known of every partition, in `_catalog/days/`: an object a month of all sources, kept right by writers.

Of each partition it has an ETag, the size, and what the footer says. A reader that read the footer gives the ETag of
the listing, a writer (see `infra/lake/changes.py`) a token that no listing has: whoever compares with one reads again.
What is None in the place of the footer is to be read. Each source is packed by itself: most questions are on few.
"""

import uuid
import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

import orjson

from infra.base.stop import Threads
from infra.lake.cache import Entries, load_cache, update_cache
from infra.lake.partition import OLD_NULL_PARTITION
from infra.store.object_store import ObjectStore
from parsers.record.article import NULL_PARTITION

FOLDER: Final = "_catalog/days"  # YYYY-MM.json
FORMAT: Final = "1"
ID: Final = ""  # where a month has a name of its own: one that was lost, and begun again by a writer, has another
LOADERS: Final = 8  # objects got at a time: one waits 20 ms for S3
OPEN_PARTS: Final = 64  # months of a source that are held unpacked, some 50 KB each: five years of one

Entry = tuple[str, int, Any]  # ETag or token, size, what the footer says
Part = Mapping[str, Entry | None]  # of a source in a month, by key; None: there is no such partition


def is_told(entry: Entry) -> bool:
    """Whether the index says what a partition is, if only by its ETag."""
    return entry[2] is not None or not entry[0].startswith("~")


def month_of(key: str) -> str:
    """The month of a partition, which is also that of an object here."""
    day = key.partition("/date=")[2]
    return (NULL_PARTITION if day.startswith(OLD_NULL_PARTITION) else day)[: len("YYYY-MM")]


def object_key(month: str) -> str:
    """Where a month lies."""
    return f"{FOLDER}/{month}.json"


def changed(entries: Entries, changes: Part) -> Entries:
    """What a month becomes."""
    packed = {ID: (FORMAT, uuid.uuid4().hex), **entries}
    for source, keys in groupby(sorted(changes, key=source_of), key=source_of):
        known = {**unpacked(packed.get(source)), **{key: changes[key] for key in keys}}
        packed[source] = FORMAT, _packed({key: entry for key, entry in known.items() if entry})
    return dict(sorted(packed.items()))


def unpacked(part: tuple[str, Any] | None) -> Part:
    """The partitions of a source in a month."""
    return _unpacked(part[1]) if part and part[0] == FORMAT else {}


@lru_cache(maxsize=OPEN_PARTS)
def _unpacked(packed: str) -> Part:
    return {key: entry and tuple(entry) for key, entry in orjson.loads(zlib.decompress(b64decode(packed))).items()}


def _packed(known: Part) -> str:
    return b64encode(zlib.compress(orjson.dumps(known, option=orjson.OPT_SORT_KEYS), level=1)).decode()


def source_of(key: str) -> str:
    """The source of a partition."""
    return key.partition("/source=")[2].partition("/")[0]


class Months:
    """The months that a question needs, and what it learned beyond them."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.loaded: dict[str, Entries] = {}  # by month; also those of which something was learned
        self.learned: dict[str, dict[str, tuple[str, Any]]] = {}  # by month; packed, as an old lake fills memory
        self._open: tuple[str, Mapping[str, Entry]] = "", {}  # the source asked about last, and what is known of it

    def load(self, months: Iterable[str]) -> None:
        """Get months that were not got yet."""
        if wanted := sorted({*months} - self.loaded.keys()):
            with Threads(LOADERS) as pool:
                got = pool.map(lambda month: load_cache(self._store, object_key(month)), wanted)
                self.loaded |= dict(zip(wanted, got, strict=True))
            self._open = "", {}

    def sources(self) -> set[str]:
        """Sources of which the months that were got know something."""
        return {name for part in (self.loaded, self.learned) for month in part.values() for name in month} - {ID}

    def get(self, key: str) -> Entry | None:
        """What is known of a partition whose month was loaded."""
        entry = self._open[1].get(key)
        if entry is None and (source := source_of(key)) != self._open[0]:
            self._open = source, self.of(source, self.loaded)
            entry = self._open[1].get(key)
        return entry

    def of(self, source: str, months: Iterable[str]) -> dict[str, Entry]:
        """All that is known of a source in some months."""
        known: dict[str, Entry | None] = {}
        for month in months:
            for part in (self.loaded, self.learned):
                known |= unpacked(part.get(month, {}).get(source))
        return {key: entry for key, entry in known.items() if entry}

    def learn(self, found: Part) -> None:
        """Take down what was read."""
        for month, keys in groupby(sorted(found, key=month_of), key=month_of):
            learned = self.learned.setdefault(month, {})
            self.loaded.setdefault(month, {})
            for source, mine in groupby(sorted(keys, key=source_of), key=source_of):
                news = {key: found[key] for key in mine}
                learned[source] = FORMAT, _packed({**unpacked(learned.get(source)), **news})
        self._open = "", {}

    def ids(self) -> dict[str, tuple[str, Any]]:
        """What tells the months that were got from others of their name."""
        return {month: entries[ID] for month, entries in sorted(self.loaded.items()) if ID in entries}

    def save(self, without: Collection[str]) -> bool:
        """Leave what was learned, but of some keys; where a writer was there meanwhile, what it left stays."""

        def save(month: str) -> bool:
            left: Entries = {}

            def join(present: Entries) -> Entries:
                nonlocal left
                left = self._joined(month, without, present)
                return left

            saved = update_cache(self._store, object_key(month), join)
            if saved:
                self.loaded[month] = left
                self.learned.pop(month)
            return saved

        with Threads(LOADERS) as pool:
            return all(list(pool.map(save, sorted(self.learned))))

    def _joined(self, month: str, without: Collection[str], present: Entries) -> Entries:
        changes: dict[str, Entry | None] = {}
        for source, part in self.learned[month].items():
            mine, theirs = unpacked(part), unpacked(present.get(source))
            before = unpacked(self.loaded[month].get(source))
            kept = {key for key in mine if theirs.get(key) == before.get(key) and key not in without}
            changes |= {key: mine[key] for key in kept}
        return changed(present, changes)

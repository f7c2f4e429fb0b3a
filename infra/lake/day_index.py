"""Which partitions there are, from the index of months where it is whole, else from listings, which make it so."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import chain, groupby
from typing import Final

from infra.lake.cache import load_cache, update_cache
from infra.lake.changes import read_notes
from infra.lake.footers import Footers
from infra.lake.months import FOLDER, Entry, is_told, source_of
from infra.lake.partition import TABLES, TableKind, date_of, place_of
from infra.store.object_store import ObjectInfo, ObjectStore

WHOLE: Final = "_catalog/whole.json"  # names the months of a whole index; whoever writes keeps them so
UNTOLD: Final = datetime.min.replace(tzinfo=UTC)  # when a partition was written: the index does not say
Listed = Mapping[str, Mapping[str, list[ObjectInfo]]]  # by table and day


class DayIndex:
    """The partitions of some or all sources in a period, or of all days unless both bounds are given."""

    def __init__(
        self, store: ObjectStore, only: Collection[str] = (), start: date | None = None, end: date | None = None
    ) -> None:
        self.footers = Footers(store)
        self._store = store
        self._changing = read_notes(store)
        self._named = load_cache(store, WHOLE)  # months of a whole index
        # Of a lake that nobody has asked about yet, a run lists its own source and leaves the others alone.
        self._lists = not self._named and len(only) == 1
        if not self._lists:
            self._months = _months_of(start, end) if start and end else months_there(self._store)
            self.footers.months.load(self._months)
            named = {(month, name) for month, name in self._named.items() if month in self._months}
            if not self._named or named - self.footers.months.ids().items():
                self.rebuild()

    def of(self, source: str) -> Listed:
        """The partitions of a source by table and day; some days around the period may be among them."""
        named: dict[str, dict[str, ObjectInfo]] = {name: {} for name in TABLES}
        for info in self.infos(source):
            if place := place_of(info.key):
                kind, _, name = place
                # Where undated articles are in the old place too, a move was killed before they left it.
                if name not in named[kind.name] or info.key == kind.key(source, name):
                    named[kind.name][name] = info
        listed: dict[str, defaultdict[str, list[ObjectInfo]]] = {table: defaultdict(list) for table in TABLES}
        for table, partitions in named.items():
            for name, info in partitions.items():
                listed[table][date_of(name)].append(info)
        return listed

    def infos(self, source: str) -> Iterator[ObjectInfo]:
        """The partitions of a source, those in the old place of undated articles too."""
        if self._lists:
            yield from chain.from_iterable(self._listing(kind, source) for kind in TABLES.values())
            return
        known = self.footers.months.of(source, self._months)
        doubtful = self._changing | {key for key, entry in known.items() if not is_told(entry)}
        yield from (
            ObjectInfo(key, size, etag, UNTOLD) for key, (etag, size, _) in known.items() if key not in doubtful
        )
        for kind in TABLES.values():
            mine = {key for key in doubtful if key.startswith(f"{kind.name}/source={source}/")}
            found = {info.key: info for info in self._listing(kind, source)} if mine else {}
            self.footers.months.learn(dict.fromkeys(mine & known.keys() - found.keys()))
            yield from (found[key] for key in mine & found.keys())

    def save(self) -> None:
        """Leave in the lake what was read beyond the index."""
        ids = self.footers.months.ids()
        self.footers.save()
        if self._named and ids.keys() - self._named.keys():
            update_cache(self._store, WHOLE, lambda named: ids | named)

    def rebuild(self) -> None:
        """List the whole lake, and make the index whole. Footers are left to those who ask for them."""
        months = self.footers.months
        months.load(months_there(self._store))
        for kind in TABLES.values():
            gone = months.sources()
            for source, listed in groupby(self._listing(kind), lambda info: source_of(info.key)):
                gone.discard(source)
                months.learn(dict(self._differing(kind, source, list(listed))))
            for source in gone:
                months.learn(dict(self._differing(kind, source, ())))
        names, saved = {*months.loaded}, self.footers.save()
        self._months = self._months or names
        months.load(names)
        if saved and (named := months.ids()):  # an empty lake is left alone
            self._named = named if update_cache(self._store, WHOLE, lambda _: named) else {}

    def _differing(
        self, kind: TableKind, source: str, listed: Collection[ObjectInfo]
    ) -> Iterator[tuple[str, Entry | None]]:
        """What a listing says otherwise than the index."""
        months = self.footers.months
        known = {key: e for key, e in months.of(source, months.loaded).items() if key.startswith(f"{kind.name}/")}
        for info in listed:
            etag, size, _ = entry = known.pop(info.key, ("", 0, None))
            if etag != info.etag and not (is_told(entry) and etag.startswith("~") and size == info.size):
                yield info.key, (info.etag, info.size, None)
        yield from dict.fromkeys(known).items()

    def _listing(self, kind: TableKind, source: str | None = None) -> Iterator[ObjectInfo]:
        prefix = f"{kind.name}/" if source is None else f"{kind.name}/source={source}/"
        return (info for info in self._store.list(prefix) if kind.parse_key(info.key))


def months_there(store: ObjectStore) -> set[str]:
    """The months that the index has."""
    return {info.key.removeprefix(f"{FOLDER}/").removesuffix(".json") for info in store.list(f"{FOLDER}/")}


def _months_of(start: date, end: date) -> set[str]:
    return {(start + timedelta(days=offset)).isoformat()[: len("YYYY-MM")] for offset in range((end - start).days)}

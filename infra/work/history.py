"""What days of a source usually look like, from the footers of what is landed: no row is read.

A column's null count says how many articles lack a field: for lists too, since an empty list is one null in the
statistics of its elements, and no element of ours is null.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS, Manifest, TableKind, read_footer, said_in, stated_footer
from infra.store.object_store import ObjectInfo, ObjectStore
from parsers.record.article import NULL_PARTITION, Article
from parsers.source.checks import FLAGS, OF_INPUT, DayProfile

NEAREST_DAYS: Final = 28  # four of each weekday
# Further back a source was another one: sites are redesigned every few years.
LONGEST_AGO: Final = timedelta(days=400)
READERS: Final = 8  # a footer waits 20 ms for S3; 56 of them are read in 0.15 s, so nothing is cached
FIELDS: Final = tuple(name for name in Article.__dataclass_fields__ if name not in {"source", "article_id", "text"})


class History:
    """Profiles of the landed days of one source."""

    def __init__(self, store: ObjectStore, source: str) -> None:
        self._store = store
        self._source = source
        self._listed: dict[str, dict[str, ObjectInfo]] = {}
        self._footers: dict[str, Any] = {}

    def near(self, day: str, count: int = NEAREST_DAYS, without: Collection[str] = ()) -> list[DayProfile]:
        """Profiles of the landed days nearest to a day, it among them, empty ones too; days before go first.

        `without` leaves days out: were suspect days history, a break would soon be what is usual.

        Articles without a date are in no day: their share of the source's articles counts in each profile.
        """
        articles, rejects = self._partitions(ARTICLES), self._partitions(REJECTS)
        days = _nearest(day, (each for each in articles if each != NULL_PARTITION and each not in without))[:count]
        self._read(articles[each] for each in (*days, NULL_PARTITION) if each in articles)
        self._read(rejects[each] for each in days if each in rejects)
        rows = {each: self._rows(each) for each in days}
        undated, dated = self._rows(NULL_PARTITION) or 0, sum(number or 0 for number in rows.values())
        share = dated / (dated + undated) if dated else 0.0
        return [self._profile(each, share) for each in sorted(days) if rows[each] is not None]

    def landed(self, day: str) -> DayProfile:
        """What is landed of a day; without numbers where nothing is."""
        found = [self._partitions(kind).get(day) for kind in (ARTICLES, REJECTS)]
        self._read(info for info in found if info)
        return self._profile(day, 1.0)

    def _rows(self, day: str) -> int | None:
        footer = self._footer_of(ARTICLES, day)
        return footer[0].rows if footer else None

    def _footer_of(self, kind: TableKind, day: str) -> tuple[Any, dict[str, int]] | None:
        info = self._partitions(kind).get(day)
        return self._footers.get(info.key) if info else None

    def _profile(self, day: str, dated: float) -> DayProfile:
        manifest, nulls = self._footer_of(ARTICLES, day) or (None, {})
        rows = manifest.rows if manifest else 0
        rejects = self._footer_of(REJECTS, day)
        stated: Mapping[str, int] = rejects[0].open_rejects if rejects else {}
        rejected = {reason: count for reason, count in stated.items() if reason not in OF_INPUT}
        fill = {name: 1 - number / rows for name, number in nulls.items()} | {"published_at": dated} if rows else {}
        if FLAGS in fill:
            fill[FLAGS] = 1 - fill[FLAGS]
        return DayProfile(
            source=self._source,
            date=day,
            articles=rows,
            captures=rows + sum(rejected.values()),
            rejected=rejected,
            fill=fill,
            measured=rows,
        )

    def _partitions(self, kind: TableKind) -> dict[str, ObjectInfo]:
        if kind.name not in self._listed:
            self._listed[kind.name] = {day: info for _, day, info in Lake(self._store).partitions(self._source, kind)}
        return self._listed[kind.name]

    def _read(self, infos: Iterable[ObjectInfo]) -> None:
        news = [info for info in infos if info.key not in self._footers]
        with Threads(READERS) as pool:
            footers = pool.map(self._footer, news)
            self._footers |= {info.key: read for info, read in zip(news, footers, strict=True) if read}

    def _footer(self, info: ObjectInfo) -> tuple[Any, Counter[str]] | None:
        try:
            metadata = read_footer(self._store, info.key, info.size)
            return said_in(stated_footer(metadata, info.key), Manifest, info.key), _nulls(metadata)
        except NewslakeError:
            return None


def _nulls(metadata: Any) -> Counter[str]:
    nulls = Counter[str]()
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        found: dict[str, int] = {}
        for column in map(group.column, range(group.num_columns)):
            if column.statistics:  # an empty group has none
                # Of a list of structures the first member counts, which is never null in an element.
                found.setdefault(column.path_in_schema.partition(".")[0], column.statistics.null_count)
        nulls.update({name: found[name] for name in FIELDS if name in found})
    return nulls


def _nearest(day: str, days: Iterable[str]) -> list[str]:
    """Days up to this one, the latest first; then days after it, the earliest first; none too far away."""
    asked = date.fromisoformat(day)
    near = [each for each in days if abs(date.fromisoformat(each) - asked) <= LONGEST_AGO]
    before = sorted((each for each in near if each <= day), reverse=True)
    return before + sorted(each for each in near if each > day)

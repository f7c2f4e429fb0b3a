"""What days of a source usually look like, from the footers of what is landed: no row is read.

A column's null count says how many articles lack a field: of lists too, whose empty ones are one null each.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS, Manifest, TableKind, read_footer, said_in, stated_footer
from infra.store.object_store import ObjectInfo, ObjectStore
from parsers.record.article import NULL_PARTITION, SCHEMA_VERSION, Article
from parsers.source.checks import FLAGS, OF_INPUT, DayProfile

NEAREST_DAYS: Final = 28  # four of each weekday
# Further back a source was another one: sites are redesigned every few years.
LONGEST_AGO: Final = timedelta(days=400)
FIELDS: Final = tuple(name for name in Article.__dataclass_fields__ if name not in {"source", "article_id", "text"})
NOTHING: Final = Manifest(SCHEMA_VERSION, rows=0)  # where there is no partition
TableDay = tuple[str, str]
Footer = tuple[Manifest, Mapping[str, int]]  # and how many values of each field are null


class History:
    """Profiles of the landed days of one source."""

    def __init__(self, store: ObjectStore, source: str) -> None:
        self._store = store
        self._source = source
        self._footers: dict[TableDay, Footer | None] = {}  # None where it cannot be read

    def near(self, day: str, count: int = NEAREST_DAYS, without: Collection[str] = ()) -> list[DayProfile]:
        """Profiles of the landed days nearest to a day, it among them, empty ones too; days before go first.

        Articles without a date are in no day: their share of the source's articles counts in each profile.
        """
        landed = {each for table, each in self._partitions if table == ARTICLES.name}
        days = _nearest(day, landed - {NULL_PARTITION, *without})[:count]
        self._read([*days, NULL_PARTITION])
        rows = {each: found[0].rows for each in (*days, NULL_PARTITION) if (found := self._said(ARTICLES, each))}
        undated, dated = rows.pop(NULL_PARTITION, 0), sum(rows[each] for each in days if each in rows)
        share = dated / (dated + undated) if dated else 0.0
        return [self._profile(each, share) for each in sorted(rows)]

    def landed(self, day: str) -> DayProfile:
        """What is landed of a day; without numbers where nothing is."""
        self._read([day])
        return self._profile(day, 1.0)

    def _profile(self, day: str, dated: float) -> DayProfile:
        manifest, nulls = self._said(ARTICLES, day) or (NOTHING, {})
        rejects, _ = self._said(REJECTS, day) or (NOTHING, {})
        rows = manifest.rows
        rejected = {reason: count for reason, count in rejects.open_rejects.items() if reason not in OF_INPUT}
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

    def _said(self, kind: TableKind, day: str) -> Footer | None:
        return self._footers.get((kind.name, day))

    @cached_property
    def _partitions(self) -> dict[TableDay, ObjectInfo]:
        lake = Lake(self._store)
        kinds = (ARTICLES, REJECTS)
        return {(kind.name, day): info for kind in kinds for _, day, info in lake.partitions(self._source, kind)}

    def _read(self, days: Collection[str]) -> None:
        news = [place for place in self._partitions.keys() - self._footers.keys() if place[1] in days]
        with Threads() as pool:
            self._footers |= zip(news, pool.map(self._footer, map(self._partitions.__getitem__, news)), strict=True)

    def _footer(self, info: ObjectInfo) -> Footer | None:
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

"""What days of a source usually look like, from the footers of what is landed: no row is read.

A column's null count says how many articles lack a field: for lists too, since an empty list is one null in the
statistics of its elements, and no element of ours is null. So old partitions, too, tell their fill.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any, Final

import orjson

from infra.base.errors import NewslakeError
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS, TableKind, read_footer, stated_manifest
from infra.store.object_store import ConflictError, ObjectInfo, ObjectStore, Stored
from parsers.record.article import NULL_PARTITION, Article
from parsers.source.checks import OF_INPUT, DayProfile

NEAREST_DAYS: Final = 28  # four of each weekday
# Further back a source was another one: sites are redesigned every few years.
LONGEST_AGO: Final = timedelta(days=400)
READERS: Final = 8  # a footer waits 20 ms for S3
WORTH_SAVING: Final = 4  # a put takes as long as some reads
FIELDS: Final = tuple(name for name in Article.__dataclass_fields__ if name not in {"source", "article_id"})


class History:
    """Profiles of the landed days of one source, remembered by ETag in `_catalog/`, which may be deleted."""

    def __init__(self, store: ObjectStore, source: str) -> None:
        self._store = store
        self._source = source
        self._cache_key = f"_catalog/profiles/source={source}.json"
        self._cached: Stored | None = None
        self._known: dict[str, dict[str, Any]] | None = None  # by key of the partition: ETag, and what its footer says
        self._listed: dict[str, dict[str, ObjectInfo]] = {}

    def near(self, day: str, count: int = NEAREST_DAYS) -> list[DayProfile]:
        """Profiles of the landed days nearest to a day, it among them, ascending; days before go first.

        Articles without a date are in no day: their share of the source's articles counts in each profile.

        Args:
            day: UTC day, YYYY-MM-DD.
            count: of profiles at most.

        Raises:
            NewslakeError: the store cannot be read. Damaged partitions are left out: `newslake verify` names them.
        """
        articles, rejects = self._partitions(ARTICLES), self._partitions(REJECTS)
        days = _nearest(day, (each for each in articles if each != NULL_PARTITION))[:count]
        keys = [*(articles[each] for each in (*days, NULL_PARTITION) if each in articles)]
        keys += [rejects[each] for each in days if each in rejects]
        said = self._read(keys)
        undated = said.get(ARTICLES.key(self._source, NULL_PARTITION), {"rows": 0})["rows"]
        dated = sum(said.get(ARTICLES.key(self._source, each), {"rows": 0})["rows"] for each in days)
        return [
            self._profile(each, said, dated / (dated + undated))
            for each in sorted(days)
            if said.get(ARTICLES.key(self._source, each), {"rows": 0})["rows"]
        ]

    def newest(self) -> date | None:
        """The newest day that is landed, with articles or without; None if there is none."""
        return max(
            (date.fromisoformat(day) for day in self._partitions(ARTICLES) if day != NULL_PARTITION), default=None
        )

    def _profile(self, day: str, said: Mapping[str, Mapping[str, Any]], dated: float) -> DayProfile:
        landed = said[ARTICLES.key(self._source, day)]
        rows = landed["rows"]
        rejected = said.get(REJECTS.key(self._source, day), {"rejected": {}})["rejected"]
        rejected = {reason: count for reason, count in rejected.items() if reason not in OF_INPUT}
        fill = {name: 1 - nulls / rows for name, nulls in landed["nulls"].items()}
        return DayProfile(
            source=self._source,
            date=day,
            articles=rows,
            captures=rows + sum(rejected.values()),
            rejected=rejected,
            fill=fill | {"published_at": dated},
            measured=rows,
        )

    def _partitions(self, kind: TableKind) -> dict[str, ObjectInfo]:
        if kind.name not in self._listed:
            self._listed[kind.name] = {day: info for _, day, info in Lake(self._store).partitions(self._source, kind)}
        return self._listed[kind.name]

    def _read(self, infos: list[ObjectInfo]) -> dict[str, dict[str, Any]]:
        """What the footers say, by key."""
        known = self._load() if self._known is None else self._known
        news = [info for info in infos if known.get(info.key, {}).get("etag") != info.etag]
        with ThreadPoolExecutor(READERS) as pool:
            known |= {
                info.key: {"etag": info.etag, **said}
                for info, said in zip(news, pool.map(self._footer, news), strict=True)
                if said is not None
            }
        self._known = known
        if len(news) >= WORTH_SAVING:
            self._save(known)
        current = {info.key for info in infos if known.get(info.key, {}).get("etag") == info.etag}
        return {key: known[key] for key in current}

    def _footer(self, info: ObjectInfo) -> dict[str, Any] | None:
        try:
            metadata = read_footer(self._store, info.key, info.size)
            manifest = stated_manifest(metadata, info.key)
        except NewslakeError:
            return None
        if REJECTS.parse_key(info.key):
            return {"rejected": dict(manifest.open_rejects)}
        return {"rows": manifest.rows, "nulls": _nulls(metadata)}

    def _load(self) -> dict[str, dict[str, Any]]:
        self._cached = self._store.get(self._cache_key)
        try:
            known = orjson.loads(self._cached.body if self._cached else b"{}")
        except ValueError:
            return {}
        shaped = isinstance(known, dict) and all(
            isinstance(said, dict) and ("rejected" in said or {"rows", "nulls"} <= said.keys())
            for said in known.values()
        )
        return known if shaped else {}

    def _save(self, known: Mapping[str, Any]) -> None:
        present = {info.key for infos in self._listed.values() for info in infos.values()}
        body = orjson.dumps({key: known[key] for key in sorted(present & known.keys())})
        try:
            etag = self._store.put(self._cache_key, body, if_match=self._cached.etag if self._cached else None)
            self._cached = Stored(b"", etag)
        except (ConflictError, NewslakeError):
            return  # someone else saved theirs, or this user may only read: the footers are the truth


def _nulls(metadata: Any) -> dict[str, int]:
    """By field, how many articles lack it; fields without statistics are left out."""
    nulls: dict[str, int] = {}
    unknown: set[str] = set()
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        met = set()
        for place in range(group.num_columns):
            column = group.column(place)
            name = column.path_in_schema.partition(".")[0]
            if name in met or name not in FIELDS:
                continue  # of a list of structures the first member counts, which is never null in an element
            met.add(name)
            statistics = column.statistics
            if statistics is None or not statistics.has_null_count:
                unknown.add(name)
            else:
                nulls[name] = nulls.get(name, 0) + statistics.null_count
    return {name: count for name, count in nulls.items() if name not in unknown}


def _nearest(day: str, days: Iterable[str]) -> list[str]:
    """Days up to this one, the latest first; then days after it, the earliest first; none that is too far away."""
    asked = date.fromisoformat(day)
    near = [each for each in days if abs(date.fromisoformat(each) - asked) <= LONGEST_AGO]
    before = sorted((each for each in near if each <= day), reverse=True)
    return before + sorted(each for each in near if each > day)

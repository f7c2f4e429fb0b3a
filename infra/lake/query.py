"""The lake in SQL: DuckDB over the very Parquet files, read-only, with nothing else of the disk in reach."""

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from infra.base.days import Days, is_within
from infra.base.errors import NewslakeError, UsageError
from infra.base.stop import Threads
from infra.lake.footers import Footers
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, FETCHES, REJECTS, TableKind, date_of, decode, encode
from infra.lake.schema import with_blocks
from infra.store.local_store import LocalStore
from infra.store.object_store import ObjectInfo, ObjectStore
from parsers.record.article import NULL_PARTITION, SCHEMA_VERSION
from parsers.registry import sources

if TYPE_CHECKING:
    import duckdb

# DESCRIBE, SUMMARIZE and SHOW are SELECTs to DuckDB. EXPLAIN is none, as EXPLAIN ANALYZE COPY writes; nor is MULTI (a
# PIVOT), which can hide a COPY.
READING_STATEMENT: Final = "SELECT"
# The sentinel as what it means. DuckDB sees through it: a filter on `date` is still applied to the paths.
DATE: Final = f"nullif(date, DATE '{NULL_PARTITION}') AS date"
RUNS: Final = "runs"
RUNS_OF_ARTICLES: Final = """
    SELECT run_id, try_strptime(left(run_id, 16), '%Y%m%dT%H%M%SZ') AS started_at, mode, count(*) AS articles,
        count(DISTINCT source) AS sources, min(date) AS first_day, max(date) AS last_day
    FROM articles GROUP BY ALL"""
COPIERS: Final = 8  # partitions copied at a time, and held in memory; boto3 gains little from more


@dataclass(frozen=True, slots=True)
class Selection:
    """The partitions that a question is about; all, unless told otherwise."""

    source: str | None = None
    start: date | None = None  # first day, of capture for rejects, else of publication
    end: date | None = None  # first day left out; with either bound, articles without a date are left out

    def __post_init__(self) -> None:
        if self.start and self.end:
            Days(self.start, self.end)

    def of(self, store: ObjectStore, kind: TableKind) -> list[tuple[str, str, ObjectInfo]]:
        """Source, name and listing of the partitions of a table."""
        listed = Lake(store).partitions(self.source, kind)
        return [(source, name, info) for source, name, info in listed if is_within(name, self.start, self.end)]


ALL: Final = Selection()


def run_query(store: ObjectStore, sql: str, selection: Selection = ALL) -> Any:
    """Answer one SQL question on the views of the lake by a `pyarrow.Table`, times in UTC."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        names = _views_named(connection, sql)
        with tempfile.TemporaryDirectory(prefix="newslake-query-") as folder:
            roots = [folder, str(store.root)] if isinstance(store, LocalStore) else [folder]
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"SET allowed_directories = [{', '.join(map(quoted, roots))}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            for kind in (ARTICLES, REJECTS, FETCHES):
                # One that the question does not name is there without rows: SHOW TABLES lists it.
                is_named = kind.name in names or (kind is ARTICLES and RUNS in names)
                _make_view(connection, kind, _files(store, kind, Path(folder), selection) if is_named else ())
            if RUNS in names or ARTICLES.name not in names:
                _create_view(connection, RUNS, RUNS_OF_ARTICLES)
            connection.register("sources", _sources())
            return _plain(_answered(lambda: connection.sql(sql).to_arrow_table()))


def articles_of(store: ObjectStore, selection: Selection) -> Iterator[dict[str, Any]]:
    """The articles of a selection with source and date, each block with its text; a partition is held at a time."""
    lake = Lake(store)
    for source, name, _ in selection.of(store, ARTICLES):
        day = date_of(name)
        for row in with_blocks(lake.read_partition(source, name)).to_pylist():
            yield {"source": source, "date": None if day == NULL_PARTITION else day, **row}


def _plain(answer: pa.Table) -> pa.Table:
    """An answer that all readers take: no name twice, and sums as numbers, whose 128 bits are decimals elsewhere."""
    asked, names = answer.column_names, list[str]()
    for name in asked:
        others = (f"{name}_{number}" for number in count(1))
        names.append(name if name not in names else next(each for each in others if each not in {*asked, *names}))
    answer = answer.rename_columns(names)
    for place, column in enumerate(answer.schema):
        if pa.types.is_decimal(column.type) and not column.type.scale:
            with suppress(pa.ArrowInvalid):  # past 64 bits
                answer = answer.set_column(place, column.name, answer.column(place).cast(pa.int64()))
    return answer


def _views_named(connection: "duckdb.DuckDBPyConnection", sql: str) -> set[str]:
    """Names of the tables that a statement reads, in lower case."""
    if any("\ud800" <= sign <= "\udfff" for sign in sql):  # bytes of the shell that are no UTF-8
        raise UsageError("the query is not UTF-8", "Write it in UTF-8.")
    statements = _answered(lambda: connection.extract_statements(sql))
    if len(statements) != 1 or statements[0].type.name != READING_STATEMENT:
        raise UsageError("the query is not one SELECT", "Write one statement that reads: newslake query 'SELECT ...'.")
    # DESCRIBE and SUMMARIZE hide their tables from the parser's answer; a word too many only costs time.
    return {word.lower() for word in re.findall(r"\w+", sql)}


def _make_view(connection: "duckdb.DuckDBPyConnection", kind: TableKind, files: Sequence[str]) -> None:
    if not files:
        empty = kind.schema.empty_table().append_column("source", pa.array([], pa.string()))
        connection.register(kind.name, empty.append_column("date", pa.array([], pa.date32())))
        return
    paths = ", ".join(map(quoted, files))
    rows = f"read_parquet([{paths}], hive_partitioning = true, hive_types = {{'source': VARCHAR, 'date': DATE}})"
    _create_view(connection, kind.name, f"SELECT * REPLACE ({DATE}) FROM {rows}")  # noqa: S608 - names are ours, paths quoted


def _create_view(connection: "duckdb.DuckDBPyConnection", name: str, rows: str) -> None:
    try:
        connection.execute(f"CREATE VIEW {name} AS {rows}")
    except Exception as error:
        raise NewslakeError(
            f"The {name} of the lake cannot be read: {_one_line(error)}", "`newslake verify` says which file it is."
        ) from error


def _sources() -> pa.Table:
    listed = sources().values()
    return pa.table({
        "source": [each.name for each in listed],
        "title": [each.title for each in listed],
        "country": [each.country for each in listed],
        "language": [each.language for each in listed],
        "timezone": [each.timezone for each in listed],
        "hosts": pa.array([list(each.hosts) for each in listed], pa.list_(pa.string())),
        "parser_version": [each.parser_version for each in listed],
    })  # fmt: skip


def _files(store: ObjectStore, kind: TableKind, folder: Path, selection: Selection) -> list[str]:
    """Paths of the partitions, for `read_parquet`; copied to `folder` where the store is none, and where they are old.

    Asking DuckDB to unite files with other columns would make it open them all: 10,000 take 6 s and 1.3 GB, not 2.4 s
    and 0.1 GB, and the bodies of schema versions before 3 would come without their text.
    """
    infos = [info for _, _, info in selection.of(store, kind)]
    footers = Footers(store)
    told = footers.said(infos) if kind is not FETCHES else ()  # its columns are those of the first version
    old = {info.key for info, said in told if said["schema_version"] < SCHEMA_VERSION}
    footers.save()
    root, copied = (store.root, old) if isinstance(store, LocalStore) else (folder, {info.key for info in infos})
    with Threads(COPIERS) as pool:
        list(pool.map(lambda key: _copy(store, kind, key, folder, is_old=key in old), copied))
    return [str((folder if info.key in copied else root) / info.key) for info in infos]


def _copy(store: ObjectStore, kind: TableKind, key: str, folder: Path, *, is_old: bool) -> None:
    stored = store.get(key)
    if stored is None:
        raise NewslakeError(f"{key} in {store.uri} was deleted while it was read", "Ask again.")
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(kind, decode(kind, stored.body, key)[0]) if is_old else stored.body)


def _answered(ask: Callable[[], Any]) -> Any:
    """Ask DuckDB, and put its complaint into one line."""
    import duckdb

    try:
        return ask()
    except duckdb.Error as error:
        # DuckDB calls a file that is no Parquet "invalid input", as it does a wrong argument; only the former names it.
        if isinstance(error, duckdb.IOException) or ".parquet'" in str(error):
            raise NewslakeError(
                _one_line(error), "If a run is landing there, ask again; else see `newslake verify`."
            ) from error
        raise UsageError(_one_line(error), '`newslake query "DESCRIBE articles"` lists the columns.') from error


def _one_line(error: Exception) -> str:
    """DuckDB's message without the excerpt of the statement that it points into."""
    return " ".join(str(error).partition("\n\nLINE ")[0].split())


def quoted(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"

"""One record of the lake by its id or its address, and what today's parser makes of its page."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, product
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from infra.archive.raw_archive import Pointer, RawArchive
from infra.base.errors import NewslakeError, UsageError
from infra.base.settings import Settings
from infra.base.stop import Threads
from infra.lake.deduplication import Identities
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS, TableKind, date_of, read_rows, shard_of
from infra.lake.query import Selection, quoted, run_query
from infra.lake.rows import PartitionId
from infra.lake.schema import ARTICLE_COLUMNS, to_table, with_blocks
from infra.store.local_store import LocalStore
from infra.store.object_store import ObjectStore
from infra.work.parse_pool import ParsePool
from infra.work.reparse.comparison import FieldChange, differing
from parsers.fields.urls import canonical, host_of
from parsers.generic.reader import WEB
from parsers.record.article import NULL_PARTITION, Provenance, article_id
from parsers.record.outcome import Outcome, Rejected, RejectReason
from parsers.registry import by_host

READERS: Final = 8  # partitions got at a time from a store that is no folder; boto3 gains little beyond
ID: Final = re.compile(r"[0-9a-f]{32}")
ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)
ADDRESS_COLUMNS: Final = ("url", "canonical_url")
STATED_BY_LANDING: Final = tuple(column.name for column in dataclasses.fields(Provenance))


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the lake, its values as pyarrow gives them, each block with its text; `date` is the partition value."""

    kind: TableKind
    source: str
    date: str
    row: dict[str, Any]

    @property
    def pointer(self) -> Pointer:
        """Where its page is archived; NewslakeError if its capture has been expired."""
        uri, offset, length = (self.row[f"capture_{name}"] for name in ("uri", "offset", "length"))
        if uri is None:
            raise NewslakeError("Its page is no longer archived", "`newslake expire` has deleted it.")
        return Pointer(uri, offset, length)


@dataclass(frozen=True, slots=True)
class Today:
    """What today's parser makes of the page of a record: a rejection, or what it reads differently than the row."""

    rejected: Rejected | None = None
    changes: tuple[FieldChange, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)  # by field: where in the page it stands, in words
    unknown: str = ""  # why nobody can say


def find_record(store: ObjectStore, wanted: str, source: str | None = None) -> Record:
    """Find an article, else a rejection; of several for one address that of the newest day.

    The indexes of identities say the day of an article: that of its host's source, for an id all of them. What they do
    not know is searched, in that source alone: in a folder by DuckDB, with the Bloom filters of the partitions;
    elsewhere each is read, the newest day first.
    """
    if not ID.fullmatch(wanted) and not ADDRESS.fullmatch(wanted):
        raise UsageError(
            f"{wanted[:200]!r} is neither the id of a record (32 hex digits) nor an address",
            "Ids and addresses: newslake query 'SELECT article_id, url FROM articles'.",
        )
    owner, is_id = by_host(host_of(wanted)), bool(ID.fullmatch(wanted))
    # A page of a source's host is that source's, or was read before there was one; an id does not say whose it is.
    places = (source,) if source else (owner.name, WEB) if owner else (None,)
    values = _values(ARTICLES, wanted)
    named = [*(Lake(store).sources(ARTICLES) if is_id and not source else filter(None, places[:1]))]
    ids = values.get(ARTICLES.identity, set())
    with Threads(READERS) as pool:
        for start in range(0, len(named), READERS):  # as in `_newest_first`
            days = pool.map(lambda name: _indexed(store, name, ids), named[start : start + READERS])
            for partition in chain.from_iterable(list(days)):
                if record := _read(store, ARTICLES, partition, values):
                    return record
    search = _looked_up if isinstance(store, LocalStore) else _newest_first
    for kind, place in product((REJECTS,) if is_id else (ARTICLES, REJECTS), places):
        values = _values(kind, wanted)
        for partition in search(store, kind, values, place):
            if record := _read(store, kind, partition, values):
                return record
    of_source = f" of {places[0]}" if places[0] else ""
    elsewhere = "With --source it is looked for elsewhere. " if owner and not source else ""
    raise UsageError(
        f"{store.uri} has no record{of_source} {wanted[:200]}",
        f"{elsewhere}`newslake status --all` shows which days it holds; ids are in columns article_id and reject_id.",
    )


def parse_today(store: ObjectStore, record: Record, settings: Settings) -> Today:
    """Parse the page of an article again, and compare."""
    if record.kind is not ARTICLES:
        return Today(unknown="`newslake reparse --only-rejects` parses rejected pages again.")
    try:
        capture = RawArchive(store).read(record.pointer)
    except NewslakeError as error:  # the record can be shown all the same
        return Today(unknown=str(error))
    if record.source == WEB:
        settings = settings.model_copy(update={"generic": True})
    with ParsePool(settings, workers=1) as pool:
        outcome: Outcome = next(pool.parse([(capture, None)]))[1]
    if isinstance(outcome, Rejected):
        return Today(outcome)
    of_landing = Provenance(**{name: record.row[name] for name in STATED_BY_LANDING})
    now, wrong = to_table([(outcome.article, of_landing)], ARTICLE_COLUMNS)
    if wrong:
        return Today(Rejected(RejectReason.INVALID_RECORD, wrong[0][1], outcome.article.source))
    changes = differing(record.row, with_blocks(now).to_pylist()[0])
    if outcome.article.source != record.source:
        changes = (FieldChange("source", record.source, outcome.article.source), *changes)
    return Today(None, changes, outcome.origins)


def _values(kind: TableKind, wanted: str) -> dict[str, set[str]]:
    """By column: the values that make a row the wanted one."""
    if ID.fullmatch(wanted):
        return {kind.identity: {wanted}}
    own = canonical(wanted)
    addresses = {wanted, own} if own else {wanted}
    values = {name: addresses for name in ADDRESS_COLUMNS if name in kind.schema.names}
    source = by_host(host_of(wanted))
    if kind is ARTICLES and source and own:  # however scheme, www. and tracking are written
        values[kind.identity] = {article_id(source.name, own, None, ())}
    return values


def _indexed(store: ObjectStore, source: str, identities: set[str]) -> list[PartitionId]:
    """Where the index of identities of a source has them, the newest day first, undated articles last."""
    listed = {name: info for _, name, info in Lake(store).partitions(source)} if identities else {}
    if not listed:
        return []
    wanted = pa.array(sorted(identities), pa.string())
    found: set[str] = set()
    for shard in {shard_of(name) for name in listed}:
        mine = {name: info for name, info in listed.items() if shard_of(name) == shard}
        found.update(chain.from_iterable(Identities(store, source, shard).days_of(wanted, mine).values()))
    return [(source, name) for name in sorted(found, reverse=True)]


def _looked_up(
    store: ObjectStore, kind: TableKind, values: dict[str, set[str]], source: str | None
) -> Iterator[PartitionId]:
    lists = {column: ", ".join(map(quoted, sorted(listed))) for column, listed in values.items()}
    conditions = " OR ".join(f"{column} IN ({listed})" for column, listed in lists.items())
    days = f"SELECT DISTINCT source, date FROM {kind.name} WHERE {conditions}"  # noqa: S608 - quoted
    found = run_query(store, f"{days} ORDER BY date DESC NULLS LAST, source", Selection(source))
    for row in found.to_pylist():
        day = row["date"].isoformat() if row["date"] else NULL_PARTITION
        listed = Lake(store).partitions(row["source"], kind)
        yield from ((name, partition) for name, partition, _ in listed if date_of(partition) == day)


def _newest_first(
    store: ObjectStore, kind: TableKind, values: dict[str, set[str]], source: str | None
) -> Iterator[PartitionId]:
    listed = [(name, partition) for name, partition, _ in Lake(store).partitions(source, kind)]
    partitions = sorted(listed, key=lambda each: each[1], reverse=True)  # undated articles are of the year 1
    with Threads(READERS) as pool:
        # A few at a time: what lies behind the one that has it is not got.
        for start in range(0, len(partitions), READERS):
            group = partitions[start : start + READERS]
            records = pool.map(lambda partition: _read(store, kind, partition, values), group)
            yield from (partition for partition, record in zip(group, records, strict=True) if record)


def _read(store: ObjectStore, kind: TableKind, partition: PartitionId, values: dict[str, set[str]]) -> Record | None:
    table = read_rows(store, kind, *partition)
    table = with_blocks(table) if kind is ARTICLES else table
    for column, listed in values.items():
        rows = table.filter(pc.is_in(table[column], value_set=pa.array(sorted(listed)))).slice(0, 1).to_pylist()
        if rows:
            return Record(kind, partition[0], date_of(partition[1]), rows[0])
    return None

"""Landing is a join in a semilattice: order, repetition and grouping of merges do not matter (docs: landing)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from infra.lake.partition import ARTICLES, REJECTS, Manifest, TableKind, decode, encode
from infra.lake.rejects import SEEN_TIMES, RejectState, with_seen_times
from parsers.record.article import SCHEMA_VERSION, Fidelity
from parsers.record.capture import CaptureIdentity

EARLIEST: Final = "first_captured_at"
OF_SEVERAL: Final = {ARTICLES.name: (EARLIEST,), REJECTS.name: SEEN_TIMES}  # columns that sum up several captures
# Which run met a capture first, and which copy of it a row points to, say nothing about the article: the first stays.
LEAST: Final = ("run_id", "mode", "capture_uri", "capture_offset", "capture_length")
PLACE: Final = ("capture_uri", "capture_offset")
CAPTURE: Final = ("url", "captured_at", "capture_digest")  # columns of both tables that say which capture a row is of


# What a partition shall be (the same object where nothing changed), and of how many articles the greatest row went: it
# may have hidden rows of captures to be landed again.
Merged = tuple[bytes | None, int]


# What the order of rows looks at first; the greatest wins.
LEADING: Final = {
    ARTICLES.name: ("fidelity", "captured_at", "parser_version", "content_digest"),
    REJECTS.name: ("parser_version", "state"),
}
RANKS: Final = {fidelity.value: fidelity.rank for fidelity in Fidelity}


def _content(kind: TableKind) -> tuple[str, ...]:
    """The columns of what a row says, the leading ones first."""
    leading = LEADING[kind.name]
    apart = {kind.identity, *OF_SEVERAL[kind.name], *LEAST, *leading}
    return leading + tuple(name for name in kind.schema.names if name not in apart)


def join(kind: TableKind, table: Any, dropped: AbstractSet[int] = frozenset()) -> tuple[Any, list[int]]:
    """The greatest row of each identity, and its index in `table`; of equal rows, the first."""
    table = table.combine_chunks()
    by_identity: defaultdict[str, list[int]] = defaultdict(list)
    for index, identity in enumerate(table[kind.identity].to_pylist()):
        by_identity[identity].append(index)
    if len(by_identity) == table.num_rows and not dropped:  # as where nothing was landed yet
        return table, list(range(table.num_rows))
    groups = [group for group in by_identity.values() if not dropped >= set(group)]
    left = [[index for index in group if index not in dropped] for group in groups]
    chosen = _greatest(kind, table, left)
    joined = table.take(pa.array(chosen, pa.int64()))
    if EARLIEST in table.schema.names:
        times = table[EARLIEST].cast(pa.int64()).to_pylist()
        field = table.schema.field(EARLIEST)
        earliest = pa.array([min(times[index] for index in group) for group in groups], pa.int64()).cast(field.type)
        joined = joined.set_column(joined.schema.get_field_index(EARLIEST), field, earliest)
    return joined, chosen


def _greatest(kind: TableKind, table: Any, groups: list[list[int]]) -> list[int]:
    contested = [index for group in groups if len(group) > 1 for index in group]
    pool = table.take(pa.array(contested, pa.int64()))
    firsts = table.take(pa.array([group[0] for group in groups if len(group) > 1 for _ in group], pa.int64()))
    # Where a run is repeated, hardly a column differs within groups, and only those become Python's.
    differing = [name for name in (*_content(kind), *LEAST) if not pool[name].equals(firsts[name])]
    rows = dict(zip(contested, pool.select([kind.identity, *differing]).to_pylist(), strict=True))

    def said(index: int) -> list[Any]:
        return [_ordered(name, rows[index][name]) for name in differing if name not in LEAST]

    def met(index: int) -> list[Any]:
        return [_ordered(name, rows[index][name]) for name in differing if name in LEAST]

    def best(group: list[int]) -> int:
        greatest = max(map(said, group))
        return min((index for index in group if said(index) == greatest), key=met)

    return [best(group) if len(group) > 1 else group[0] for group in groups]


def _ordered(name: str, value: Any) -> Any:
    """What values of a column are compared by; any order will do where none means more than another."""
    match name:
        case "fidelity":
            return RANKS.get(value, 0)
        case "state":
            return value == RejectState.CLOSED
        case _ if name in (*LEAST, "captured_at", "parser_version", "content_digest"):
            return value is not None, value
        case _:
            return repr(value)


def captures_of(rows: Any) -> list[CaptureIdentity]:
    """The capture that each row is of. Not its place: a capture may lie in several, and compaction moves it."""
    return [CaptureIdentity(*values) for values in zipped(rows, CAPTURE)]


def land_articles(
    old: bytes | None, new: Any, reparsed: Mapping[CaptureIdentity, int | None], name: str, *, looked_at: bool = False
) -> Merged:
    """Merge articles into their partition.

    `reparsed` has captures of which `new` holds all that this partition shall have, each with the version of the parser
    that said so (None: whatever the version). What a newer parser said stays.
    """
    rows, manifest = _decoded(ARTICLES, old, name)
    looked_at = looked_at or manifest.looked_at
    present, left = _parted(rows, new, reparsed)
    pool = _together(present, new).combine_chunks()
    dropped, moved = _superseded(pool, present.num_rows, reparsed) if reparsed else (set(), set())
    joined, chosen = join(ARTICLES, pool, dropped | moved)
    greatest = join(ARTICLES, pool)[1] if dropped else ()
    exposed = sum(index < present.num_rows and index in dropped for index in greatest)
    if _is_same(ARTICLES, present, joined, chosen) and _is_current(manifest, looked_at):
        return old, exposed
    return encode(ARTICLES, _together(left, joined), looked_at=looked_at), exposed


def leave_greatest(old: bytes | None, others: Any, name: str) -> Merged:
    """Drop rows of which `others`, from other partitions of the source, has a greater one."""
    rows, manifest = _decoded(ARTICLES, old, name)
    present, left = _parted(rows, others, ())
    joined, chosen = join(ARTICLES, _together(present, others))
    places = [place for place, index in enumerate(chosen) if index < present.num_rows]
    staying = joined.take(pa.array(places, pa.int64()))
    if _is_same(ARTICLES, present, staying, [chosen[place] for place in places]):
        return old, 0
    return encode(ARTICLES, _together(left, staying), looked_at=manifest.looked_at), 0


def leave_others(old: bytes | None, gone: Any, name: str) -> Merged:
    """Drop rows by their identities."""
    rows, manifest = _decoded(ARTICLES, old, name)
    staying = rows.filter(pc.invert(pc.is_in(rows[ARTICLES.identity], value_set=gone)))
    return encode(ARTICLES, staying, looked_at=manifest.looked_at), 0


def _parted(rows: Any, new: Any, reparsed: Collection[CaptureIdentity]) -> tuple[Any, Any]:
    """Rows that the new ones may replace, and all others, which stay as they are and need not be looked at."""
    identities = rows[ARTICLES.identity]
    if pc.count_distinct(identities).as_py() < rows.num_rows:  # not written by us: the join mends it
        return rows, rows.slice(0, 0)
    touched = pc.is_in(identities, value_set=new[ARTICLES.identity].combine_chunks())
    if reparsed:  # the same bytes may also be of another capture: that row is looked at in vain
        digests = pa.array({capture.digest for capture in reparsed}, pa.string())
        touched = pc.or_(touched, pc.is_in(rows["capture_digest"], value_set=digests))
    if not pc.any(touched, min_count=0).as_py():  # as mostly; filtering takes a millisecond, whatever is filtered
        return rows.slice(0, 0), rows
    return rows.filter(touched), rows.filter(pc.invert(touched))


def _together(*tables: Any) -> Any:
    """The rows of several tables. One without rows costs as much as any."""
    held = [table for table in tables if table.num_rows]
    return pa.concat_tables(held or tables)


def land_rejects(old: bytes | None, new: Any, closed: Mapping[CaptureIdentity, int], name: str) -> Merged:
    """Merge rejections into their partition, and close those that `closed` has an article of, by no older parser."""
    present, manifest = _decoded(REJECTS, old, name)
    pool = pa.concat_tables([present, new])
    joined, chosen = join(REJECTS, pa.concat_tables([pool, _closing(pool, closed)]))
    joined = with_seen_times(joined)
    if _is_same(REJECTS, present, joined, chosen) and _is_current(manifest, manifest.looked_at):
        return old, 0
    return encode(REJECTS, joined, looked_at=manifest.looked_at), 0


def _closing(pool: Any, closed: Mapping[CaptureIdentity, int]) -> Any:
    """Closed copies of the open rejections whose captures have become articles."""
    rows, versions = [], []
    said = zip(captures_of(pool), zipped(pool, ("parser_version", "state")), strict=True)
    for index, (capture, (version, state)) in enumerate(said if closed else ()):
        parsed_by = closed.get(capture)
        if parsed_by is not None and state == RejectState.OPEN and (version is None or version <= parsed_by):
            rows.append(index)
            versions.append(parsed_by)
    copies = pool.take(pa.array(rows, pa.int64()))
    for column, values in (("state", [str(RejectState.CLOSED)] * len(rows)), ("parser_version", versions)):
        position = copies.schema.get_field_index(column)
        field = copies.schema.field(position)
        copies = copies.set_column(position, field, pa.array(values, field.type))
    return copies


def _superseded(pool: Any, before: int, reparsed: Mapping[CaptureIdentity, int | None]) -> tuple[set[int], set[int]]:
    """Indices of rows of which the newest outcome of their capture says something else, and of rows that moved.

    The first `before` rows of the pool are the landed ones. Rows that moved say the same, but point to another copy of
    their capture than the one that was just read: that copy may be gone.
    """
    rows = list(zip(captures_of(pool), zipped(pool, ("article_id", "parser_version")), strict=True))
    again: defaultdict[CaptureIdentity, dict[str, int]] = defaultdict(dict)  # by capture: new rows by identity
    for index, (capture, (identity, _)) in enumerate(rows[before:], before):
        again[capture][identity] = index
    dropped: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for index, (capture, (identity, version)) in enumerate(rows[:before]):
        if capture not in reparsed:
            continue
        limit = reparsed[capture]
        replacements = again.get(capture, {})
        if limit is not None and version > limit:  # an old re-parse that finished late (L04)
            dropped.update(replacements.values())
        elif identity in replacements:
            pairs.append((index, replacements[identity]))
        else:
            dropped.add(index)
    unlike = _unlike(pool, pairs, _content(ARTICLES))
    return dropped | unlike, _unlike(pool, pairs, PLACE) - unlike


def _unlike(pool: Any, pairs: list[tuple[int, int]], columns: Iterable[str]) -> set[int]:
    """First rows of the pairs that differ in a column. Equal ones keep the name of the run that came first."""
    first, second = (pa.array(side, pa.int64()) for side in ([a for a, _ in pairs], [b for _, b in pairs]))
    unlike: set[int] = set()
    for column in columns:
        old, new = pool[column].take(first), pool[column].take(second)
        if not old.equals(new):
            compared = zip(pairs, old.to_pylist(), new.to_pylist(), strict=True)
            unlike.update(index for (index, _), was, now in compared if was != now)
    return unlike


def zipped(table: Any, columns: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """Some columns of a table, row by row."""
    return zip(*(table[column].to_pylist() for column in columns), strict=True)


def _is_same(kind: TableKind, present: Any, joined: Any, chosen: list[int]) -> bool:
    """Whether rows stay what they are; those that are `present` have the first indices."""
    if joined.num_rows != present.num_rows or max(chosen, default=-1) >= present.num_rows:
        return False
    columns = (kind.identity, *OF_SEVERAL[kind.name])
    return set(zipped(present, columns)) == set(zipped(joined, columns))


def _decoded(kind: TableKind, body: bytes | None, name: str) -> tuple[Any, Manifest]:
    if body is None:
        return kind.schema.empty_table(), Manifest(schema_version=SCHEMA_VERSION, rows=0)
    return decode(kind, body, name)


def _is_current(was: Manifest, looked_at: bool) -> bool:
    """Whether a partition with the same rows is left alone: another version of pyarrow would write other bytes."""
    return looked_at == was.looked_at and was.schema_version == SCHEMA_VERSION

"""What a trial would change in the lake: rows added, removed, moved and changed, field by field."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import pyarrow as pa

from infra.lake.landing import CAPTURE, captures_of
from infra.lake.partition import ARTICLES, REJECTS, ROW_GROUP_ROWS, TableKind, decode
from infra.lake.partition_file import PartitionFile
from infra.lake.rejects import RejectState
from infra.store.trial_store import TrialStore
from parsers.record.article import Provenance
from parsers.record.capture import CaptureIdentity
from parsers.source.checks import Finding

FIELD_SAMPLES: Final = 3  # of each field that changes: enough to see what kind of change it is
ROW_SAMPLES: Final = 20  # added, removed and moved rows that are shown of each kind
# What says which parser, run and capture a row is from, not what the article says.
STAMPS: Final = frozenset({"parser_version", *(each.name for each in dataclasses.fields(Provenance))})
KEYS: Final = (ARTICLES.identity, *CAPTURE)


class Kind(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"  # to another day, whatever else changes
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a row: plain values as pyarrow gives them."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Sample:
    """One row that changes.

    Attributes:
        kind: what becomes of it.
        source: name of its source.
        article_id: of the row that is there after, else of the one before.
        url: its address.
        title: its headline.
        before: day of its partition before; None if it was not there.
        after: day of its partition after; None if it goes.
        changes: its fields that differ, stamps left out.
        reason: of a row that goes, why its capture is rejected now, if it is.
    """

    kind: Kind
    source: str
    article_id: str
    url: str | None
    title: str | None
    before: str | None
    after: str | None
    changes: tuple[FieldChange, ...] = ()
    reason: str | None = None


@dataclass(slots=True)
class Comparison:
    """Counts and samples.

    Attributes:
        rows: by kind.
        restamped: rows of which only the parser version, the run or the capture is another.
        fields: rows that moved or changed, by field that differs.
        rejects_opened: new open rejections, by reason.
        rejects_closed: rejections that are no longer open, by reason.
        rejects_changed: rejections that stay open and say something else.
        partitions: articles partitions that would be written.
        samples: some rows of each kind, some of each field.
        withheld: captures that the gate would not let through, by (source, day), since rows would go or become worse.
        findings: why.
    """

    rows: Counter[Kind] = field(default_factory=Counter)
    restamped: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    rejects_opened: Counter[str] = field(default_factory=Counter)
    rejects_closed: Counter[str] = field(default_factory=Counter)
    rejects_changed: int = 0
    partitions: int = 0
    samples: list[Sample] = field(default_factory=list)
    withheld: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: tuple[Finding, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be different: no row, no stamp, no rejection."""
        rejects = self.rejects_opened or self.rejects_closed or self.rejects_changed
        return not (self.rows.total() or self.restamped or rejects or self.partitions or self.withheld)

    def as_json(self) -> dict[str, Any]:
        """Plain values with stable order, for `--json`."""
        return {
            "rows": {kind.value: self.rows[kind] for kind in Kind},
            "restamped": self.restamped,
            "fields": dict(self.fields.most_common()),
            "rejects_opened": dict(self.rejects_opened.most_common()),
            "rejects_closed": dict(self.rejects_closed.most_common()),
            "rejects_changed": self.rejects_changed,
            "partitions": self.partitions,
            "samples": [dataclasses.asdict(sample) for sample in self.samples],
            "withheld": self.withheld.total(),
            "findings": [dataclasses.asdict(finding) for finding in self.findings],
        }


def compare(trial: TrialStore) -> Comparison:
    """Compare what was written in a trial with what is there; a row group of each is held at a time.

    A row that is gone in one day and new in another is the same one if it has the same identity, or else if it comes
    from the same capture.

    Args:
        trial: what a reparse wrote to.

    Raises:
        NewslakeError: a partition cannot be read.
    """
    found = Comparison()
    reasons = _compare_rejects(trial, found)
    by_source: defaultdict[str, list[str]] = defaultdict(list)
    for key in sorted(trial.written):
        if partition := ARTICLES.parse_key(key):
            by_source[partition[0]].append(partition[1])
            found.partitions += 1
    for source, days in by_source.items():
        _SourceComparison(trial, source, found, reasons).compare(days)
    return found


def differing(before: Any, after: Any) -> Iterator[tuple[int, FieldChange]]:
    """Fields that differ between tables of one schema, row by row.

    Args:
        before: a table.
        after: a table of as many rows.

    Yields:
        Number of the row, and the field; column by column.
    """
    for name in before.schema.names:
        old, new = before[name].combine_chunks(), after[name].combine_chunks()
        if old.equals(new):
            continue
        for number, (was, now) in enumerate(zip(old.to_pylist(), new.to_pylist(), strict=True)):
            if was != now:
                yield number, FieldChange(name, was, now)


def _compare_rejects(trial: TrialStore, found: Comparison) -> dict[CaptureIdentity, str]:
    """Count rejections that open and close; reasons of the new ones by capture."""
    reasons: dict[CaptureIdentity, str] = {}
    for key in sorted(trial.written):
        if REJECTS.parse_key(key) is None:
            continue
        before, after = ({row["reject_id"]: row for row in rows} for rows in _open_rejects(trial, key))
        found.rejects_closed.update(before[name]["reason"] for name in before.keys() - after.keys())
        found.rejects_changed += sum(before[name] != after[name] for name in before.keys() & after.keys())
        for name in after.keys() - before.keys():
            row = after[name]
            found.rejects_opened[row["reason"]] += 1
            reasons[CaptureIdentity(*(row[name] for name in CAPTURE))] = f"{row['reason']}: {row['detail']}"
    return reasons


def _open_rejects(trial: TrialStore, key: str) -> Iterator[list[dict[str, Any]]]:
    """Open rejections of a partition before and after."""
    for store in (trial.base, trial.scratch):
        stored = store.get(key)
        rows = decode(REJECTS, stored.body, key)[0].to_pylist() if stored else []
        yield [row for row in rows if row["state"] == RejectState.OPEN]


@dataclass(frozen=True, slots=True)
class _Place:
    """A row: its partition's day, its place there, and where it comes from."""

    day: str
    row: int
    capture: CaptureIdentity


class _SourceComparison:
    """One source: rows move between its days."""

    def __init__(
        self, trial: TrialStore, source: str, found: Comparison, reasons: Mapping[CaptureIdentity, str]
    ) -> None:
        self._trial = trial
        self._source = source
        self._found = found
        self._reasons = reasons
        self._sampled: Counter[str] = Counter()

    def compare(self, days: Iterable[str]) -> None:
        """Compare the partitions of these days, which are all that were written."""
        gone: dict[str, _Place] = {}
        come: dict[str, _Place] = {}
        for day in days:
            before, after = self._opened(day)
            old, new = _places(before, day), _places(after, day)
            self._compare_pairs(day, day, [(old[name].row, new[name].row) for name in old.keys() & new.keys()])
            gone |= {name: place for name, place in old.items() if name not in new}
            come |= {name: place for name, place in new.items() if name not in old}
        moves = _moves(gone, come)
        for (day, other), pairs in sorted(moves.items()):
            self._compare_pairs(day, other, pairs)
        self._count_single(Kind.REMOVED, gone.values())
        self._count_single(Kind.ADDED, come.values())

    def _opened(self, day: str) -> tuple[PartitionFile, PartitionFile]:
        key = ARTICLES.key(self._source, day)
        return _opened(ARTICLES, self._trial.base, key), _opened(ARTICLES, self._trial.scratch, key)

    def _compare_pairs(self, day: str, other: str, pairs: list[tuple[int, int]]) -> None:
        """Compare rows of a day before with rows of a day after."""
        before, after = self._opened(day)[0], self._opened(other)[1]
        pairs.sort()
        for start in range(0, len(pairs), ROW_GROUP_ROWS):
            rows, successors = zip(*pairs[start : start + ROW_GROUP_ROWS], strict=True)
            old, new = before.take(rows), _taken(after, successors)
            changes: defaultdict[int, list[FieldChange]] = defaultdict(list)
            for number, change in differing(old, new):
                changes[number].append(change)
            for number in range(len(rows)) if day != other else sorted(changes):
                self._count_pair(new.slice(number, 1).to_pylist()[0], day, other, changes[number])

    def _count_pair(self, row: Mapping[str, Any], day: str, other: str, changes: Sequence[FieldChange]) -> None:
        said = tuple(change for change in changes if change.field not in STAMPS)
        if day == other and not said:
            self._found.restamped += 1
            return
        kind = Kind.CHANGED if day == other else Kind.MOVED
        self._found.rows[kind] += 1
        self._found.fields.update(change.field for change in said)
        room = kind is Kind.MOVED and self._sampled[kind] < ROW_SAMPLES
        if room or any(self._sampled[change.field] < FIELD_SAMPLES for change in said):
            self._sampled.update([kind.value, *(change.field for change in said)])
            self._found.samples.append(self._sample(kind, row, day, other, said))

    def _count_single(self, kind: Kind, places: Iterable[_Place]) -> None:
        """Count rows that only one side has."""
        side = 0 if kind is Kind.REMOVED else 1
        listed = sorted(places, key=lambda place: (place.day, place.row))
        if listed:
            self._found.rows[kind] += len(listed)
        for place in listed[:ROW_SAMPLES]:
            row = self._opened(place.day)[side].take([place.row]).to_pylist()[0]
            if kind is Kind.REMOVED:
                sample = self._sample(kind, row, place.day, None, reason=self._reasons.get(place.capture))
            else:
                sample = self._sample(kind, row, None, place.day)
            self._found.samples.append(sample)

    def _sample(
        self,
        kind: Kind,
        row: Mapping[str, Any],
        before: str | None,
        after: str | None,
        changes: tuple[FieldChange, ...] = (),
        reason: str | None = None,
    ) -> Sample:
        return Sample(kind, self._source, row["article_id"], row["url"], row["title"], before, after, changes, reason)


def _opened(kind: TableKind, store: Any, key: str) -> PartitionFile:
    stored = store.get(key)
    return PartitionFile(kind, stored.body if stored else None, key)


def _places(file: PartitionFile, day: str) -> dict[str, _Place]:
    rows = file.columns(KEYS)
    captures = enumerate(zip(rows[ARTICLES.identity].to_pylist(), captures_of(rows), strict=True))
    return {name: _Place(day, row, capture) for row, (name, capture) in captures}


def _taken(file: PartitionFile, rows: Sequence[int]) -> Any:
    """Rows in any order; the file gives them in its own."""
    ordered = sorted(rows)
    ranks = {row: rank for rank, row in enumerate(ordered)}
    return file.take(ordered).take(pa.array([ranks[row] for row in rows], pa.int64()))


def _moves(gone: dict[str, _Place], come: dict[str, _Place]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Pair rows that are gone with new ones, and take both out; rows by the two days."""
    moves: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    by_capture = {place.capture: name for name, place in come.items() if name not in gone}
    for name, place in list(gone.items()):
        successor = name if name in come else by_capture.pop(place.capture, None)
        if successor is not None:
            after = come.pop(successor)
            moves[place.day, after.day].append((place.row, after.row))
            del gone[name]
    return dict(moves)

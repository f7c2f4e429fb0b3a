"""What a trial would change in the lake: rows added, removed, moved and changed, field by field."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from infra.lake.landing import CAPTURE, captures_of
from infra.lake.partition import ARTICLES, REJECTS, read_rows
from infra.lake.rejects import RejectState
from infra.lake.schema import with_blocks
from infra.store.object_store import ObjectStore
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
    """One row that changes; `before` and `after` are the days of its partition, `changes` leave stamps out.

    `reason` says why the capture of a row that goes is rejected now.
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
    """Counts and samples."""

    rows: Counter[Kind] = field(default_factory=Counter)
    restamped: int = 0  # rows of which only the parser version, the run or the capture is another
    fields: Counter[str] = field(default_factory=Counter)  # rows that moved or changed, by field that differs
    rejects_opened: Counter[str] = field(default_factory=Counter)  # by reason
    rejects_closed: Counter[str] = field(default_factory=Counter)
    rejects_changed: int = 0
    partitions: int = 0  # of articles, that would be written
    samples: list[Sample] = field(default_factory=list)
    withheld: Counter[tuple[str, str]] = field(default_factory=Counter)  # captures that the gate would not let through
    findings: tuple[Finding, ...] = ()  # why

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
    """Compare what was written in a trial with what is there.

    A row that is gone in one day and new in another is the same one if it has the same identity, or else if it comes
    from the same capture.
    """
    found = Comparison()
    reasons = _compare_rejects(trial, found)
    by_source: defaultdict[str, set[str]] = defaultdict(set)
    for key in sorted(trial.written):
        if partition := ARTICLES.parse_key(key):
            by_source[partition[0]].add(partition[1])
    found.partitions = sum(map(len, by_source.values()))
    for source, days in by_source.items():
        _compare_articles(trial, source, sorted(days), found, reasons)
    return found


def differing(before: Any, after: Any) -> Iterator[tuple[int, FieldChange]]:
    """Fields that differ between tables of one schema and length: number of the row, and the field."""
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
        partition = REJECTS.parse_key(key)
        if partition is None:
            continue
        stores = trial.base, trial.scratch
        before, after = ({row["reject_id"]: row for row in _open_rejects(store, *partition)} for store in stores)
        found.rejects_closed.update(before[name]["reason"] for name in before.keys() - after.keys())
        found.rejects_changed += sum(before[name] != after[name] for name in before.keys() & after.keys())
        for name in after.keys() - before.keys():
            row = after[name]
            found.rejects_opened[row["reason"]] += 1
            reasons[CaptureIdentity(*(row[name] for name in CAPTURE))] = f"{row['reason']}: {row['detail']}"
    return reasons


def _open_rejects(store: ObjectStore, source: str, day: str) -> list[dict[str, Any]]:
    rows = read_rows(store, REJECTS, source, day).to_pylist()
    return [row for row in rows if row["state"] == RejectState.OPEN]


def _compare_articles(
    trial: TrialStore, source: str, days: Sequence[str], found: Comparison, reasons: Mapping[CaptureIdentity, str]
) -> None:
    """Compare the partitions of a source that were written: rows move between its days."""
    old, new = (_places(store, source, days) for store in (trial.base, trial.scratch))
    pairs = _paired(old, new)
    by_days: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for before, after in pairs.items():
        by_days[old[before].day, new[after].day].append((before, after))
    sampled: Counter[str] = Counter()
    for (day, other), names in sorted(by_days.items()):
        was = _rows(trial.base, source, day, [before for before, _ in names])
        now = _rows(trial.scratch, source, other, [after for _, after in names])
        changes: defaultdict[int, list[FieldChange]] = defaultdict(list)
        for number, change in differing(with_blocks(was), with_blocks(now)):
            changes[number].append(change)
        for number in range(len(names)) if day != other else sorted(changes):
            sample = _sample(source, now.slice(number, 1), day, other, changes[number])
            _count(sample, found, sampled)
    paired = set(pairs.values())
    gone = sorted((place.day, name) for name, place in old.items() if name not in pairs)
    come = sorted((place.day, name) for name, place in new.items() if name not in paired)
    found.rows += Counter({Kind.REMOVED: len(gone), Kind.ADDED: len(come)})
    for day, name in gone[:ROW_SAMPLES]:
        row = _rows(trial.base, source, day, [name])
        found.samples.append(_sample(source, row, day, None, reason=reasons.get(old[name].capture)))
    for day, name in come[:ROW_SAMPLES]:
        found.samples.append(_sample(source, _rows(trial.scratch, source, day, [name]), None, day))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row is, and what it is from."""

    day: str
    capture: CaptureIdentity


def _places(store: ObjectStore, source: str, days: Iterable[str]) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    for day in days:
        rows = read_rows(store, ARTICLES, source, day).select(list(KEYS))
        captures = zip(rows[ARTICLES.identity].to_pylist(), captures_of(rows), strict=True)
        places |= {name: _Place(day, capture) for name, capture in captures}
    return places


def _paired(old: Mapping[str, _Place], new: Mapping[str, _Place]) -> dict[str, str]:
    """Identity before -> identity after, of rows that are the same one."""
    pairs = {name: name for name in old if name in new}
    arrivals = {place.capture: name for name, place in new.items() if name not in old}
    for name, place in old.items():
        if name not in new and (successor := arrivals.pop(place.capture, None)):
            pairs[name] = successor
    return pairs


def _rows(store: ObjectStore, source: str, day: str, names: Sequence[str]) -> Any:
    """Rows of a partition in the order of their identities as given."""
    table = read_rows(store, ARTICLES, source, day).combine_chunks()
    return table.take(pc.index_in(pa.array(names, pa.string()), value_set=table[ARTICLES.identity].combine_chunks()))


def _sample(
    source: str,
    row: Any,
    before: str | None,
    after: str | None,
    changes: Sequence[FieldChange] = (),
    reason: str | None = None,
) -> Sample:
    """A row, a table of one, as an example."""
    (said,) = row.select([ARTICLES.identity, "url", "title"]).to_pylist()
    told = tuple(change for change in changes if change.field not in STAMPS)
    kind = Kind.ADDED if before is None else Kind.REMOVED if after is None else Kind.MOVED
    kind = Kind.CHANGED if before == after else kind
    return Sample(kind, source, said["article_id"], said["url"], said["title"], before, after, told, reason)


def _count(sample: Sample, found: Comparison, sampled: Counter[str]) -> None:
    """Count a row that moved or changed, and keep it where there are few like it."""
    if sample.kind is Kind.CHANGED and not sample.changes:
        found.restamped += 1
        return
    fields = [change.field for change in sample.changes]
    found.rows[sample.kind] += 1
    found.fields.update(fields)
    few_moved = sample.kind is Kind.MOVED and sampled[sample.kind] < ROW_SAMPLES
    if few_moved or any(sampled[name] < FIELD_SAMPLES for name in fields):
        sampled.update([sample.kind.value, *fields])
        found.samples.append(sample)

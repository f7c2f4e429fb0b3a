"""What a trial would change in the lake: rows added, removed, moved and changed, field by field."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

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
NO_DAY: Final = "~"  # of a row that is not there before, or after; sorts behind all days


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
    """One row that changes."""

    kind: Kind
    source: str
    article_id: str
    url: str | None
    title: str | None
    before: str | None  # day of its partition
    after: str | None
    changes: tuple[FieldChange, ...] = ()  # without stamps
    reason: str | None = None  # why the capture of a row that goes is rejected now


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
    alarms: tuple[str, ...] = ()  # why some pages could not be parsed again

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
            "alarms": self.alarms,
        }


def compare(trial: TrialStore) -> Comparison:
    """Compare what was written in a trial with what is there; rows of one identity or capture are the same one."""
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


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Fields of which a row says something else now; both have the same columns."""
    return tuple(FieldChange(name, before[name], now) for name, now in after.items() if before[name] != now)


def _compare_rejects(trial: TrialStore, found: Comparison) -> dict[CaptureIdentity, str]:
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
    by_days: defaultdict[tuple[str, str], list[tuple[str | None, str | None]]] = defaultdict(list)
    for name, place in old.items():
        after = pairs.get(name)
        by_days[place.day, new[after].day if after else NO_DAY].append((name, after))
    for name in sorted(new.keys() - pairs.values()):
        by_days[NO_DAY, new[name].day].append((None, name))
    for (day, other), names in sorted(by_days.items()):
        was, now = _rows(trial.base, source, day), _rows(trial.scratch, source, other)
        for before, after in names:
            row, changed = was.get(before), now.get(after)
            if day != other or row != changed:
                reason = reasons.get(old[before].capture) if before and not after else None
                _count(_sample(source, row, changed, day, other, reason), found)


class _Place(NamedTuple):
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
    pairs = {name: name for name in old if name in new}
    arrivals = {place.capture: name for name, place in new.items() if name not in old}
    for name, place in old.items():
        if name not in new and (successor := arrivals.pop(place.capture, None)):
            pairs[name] = successor
    return pairs


def _rows(store: ObjectStore, source: str, day: str) -> dict[str | None, dict[str, Any]]:
    """The rows of a partition by identity; none on no day."""
    rows = with_blocks(read_rows(store, ARTICLES, source, day)).to_pylist() if day != NO_DAY else []
    return {row[ARTICLES.identity]: row for row in rows}


def _sample(
    source: str, was: dict[str, Any] | None, now: dict[str, Any] | None, day: str, other: str, reason: str | None
) -> Sample:
    said = now or was or {}
    told = {"source": source, "article_id": said["article_id"], "url": said["url"], "title": said["title"]}
    if was is None:
        return Sample(Kind.ADDED, **told, before=None, after=other)
    if now is None:
        return Sample(Kind.REMOVED, **told, before=day, after=None, reason=reason)
    changes = tuple(change for change in differing(was, now) if change.field not in STAMPS)
    return Sample(Kind.CHANGED if day == other else Kind.MOVED, **told, before=day, after=other, changes=changes)


def _count(sample: Sample, found: Comparison) -> None:
    if sample.kind is Kind.CHANGED and not sample.changes:
        found.restamped += 1
        return
    fields = [change.field for change in sample.changes]
    few = sample.kind is not Kind.CHANGED and found.rows[sample.kind] < ROW_SAMPLES
    if few or any(found.fields[name] < FIELD_SAMPLES for name in fields):
        found.samples.append(sample)
    found.rows[sample.kind] += 1
    found.fields.update(fields)

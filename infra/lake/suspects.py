"""Suspect days: what the quality gate found, one small object a day beside the lake's tables.

`suspects/source=…/date=…/findings.json` says what broke, with samples. It keeps nothing from being read. A later run
that finds the day in order closes it; deleting the object does the same.
"""

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import orjson
from pydantic import TypeAdapter

from infra.base.days import is_within
from infra.base.errors import NewslakeError
from infra.base.stop import Threads
from infra.lake.partition import ARTICLES
from infra.store.object_store import ObjectStore, read_merge_write
from parsers.source.checks import Finding

MAX_SAMPLES: Final = 5  # enough to see one structure from several pages
_FOLDER: Final = "suspects"


@dataclass(frozen=True, slots=True)
class SuspectCapture:
    """One capture to look at: `newslake show URL`. `article_id` is None where it gave no article."""

    url: str | None
    article_id: str | None
    capture_uri: str
    capture_offset: int
    capture_length: int


@dataclass(frozen=True, slots=True)
class SuspectDay:
    """What is wrong with a day."""

    source: str
    date: str  # UTC publication day; of captures without one, the day on which they were got
    run_id: str  # run that found it
    captures: int  # how many the finding is about, the most of one batch
    withheld: int  # of them those that a reparse did not land: rows would have gone or become worse
    findings: tuple[Finding, ...]
    samples: tuple[SuspectCapture, ...]
    open: bool = True  # False once a later run found the day in order

    @property
    def subjects(self) -> frozenset[tuple[str, str]]:
        """What is wrong: checks and fields."""
        return frozenset(finding.subject for finding in self.findings)

    def to_json(self) -> bytes:
        """Canonical JSON: equal days give equal bytes."""
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS)


_SUSPECT: Final = TypeAdapter(SuspectDay)


def suspect_days(
    store: ObjectStore, source: str | None = None, days: Collection[str] | None = None
) -> list[SuspectDay]:
    """Days that are suspect, by source and day; only of a source, or only of some days."""
    listed = _listed(store, source)
    return _open(store, [key for (_, day), key in listed.items() if days is None or day in days])


def suspect_histories(
    store: ObjectStore, only: Collection[str], start: date | None, end: date | None
) -> list[SuspectDay]:
    """The suspect days of sources (of some or of all) that have one in a period: earlier ones say since when."""
    listed = _listed(store, next(iter(only)) if len(only) == 1 else None)
    met = {source for source, day in listed if is_within(day, start, end) and (not only or source in only)}
    return _open(store, [key for (source, _), key in listed.items() if source in met])


def _listed(store: ObjectStore, source: str | None) -> dict[tuple[str, str], str]:
    found = store.list(f"{_FOLDER}/source={source}/" if source else f"{_FOLDER}/")
    places = ((ARTICLES.parse_key(_key_of_partition(info.key)), info.key) for info in found)
    return {place: key for place, key in places if place}


def _open(store: ObjectStore, keys: Sequence[str]) -> list[SuspectDay]:
    with Threads() as pool:
        bodies = pool.map(store.get, keys)
        read = [_decoded(stored.body, key) for key, stored in zip(keys, bodies, strict=True) if stored]
    return sorted((day for day in read if day.open), key=lambda day: (day.source, day.date))


def since(suspect: SuspectDay, days: Iterable[SuspectDay]) -> str:
    """The first day of the source that is suspect for the same thing."""
    same = (day.date for day in days if day.source == suspect.source and day.subjects & suspect.subjects)
    return min((*same, suspect.date))


def mark_suspect(store: ObjectStore, suspect: SuspectDay) -> None:
    """Record what was found. Repeating it changes nothing; batches of one run are joined."""
    key = _key(suspect.source, suspect.date)
    read_merge_write(store, key, lambda old: _merged(_decoded(old, key) if old else None, suspect).to_json())


def close_suspect(store: ObjectStore, suspect: SuspectDay) -> None:
    """Record that a later run found the day in order, unless something else was found meanwhile."""
    closed = dataclasses.replace(suspect, open=False)
    key = _key(suspect.source, suspect.date)
    read_merge_write(store, key, lambda old: old if old and _decoded(old, key) != suspect else closed.to_json())


def _key(source: str, day: str) -> str:
    return f"{_FOLDER}/{ARTICLES.key(source, day).split('/', 1)[1].rpartition('/')[0]}/findings.json"


def _key_of_partition(key: str) -> str:
    return f"articles/{key.partition('/')[2].rpartition('/')[0]}/articles.parquet"


def _merged(old: SuspectDay | None, new: SuspectDay) -> SuspectDay:
    if old is None or not old.open:
        return new
    if dataclasses.replace(new, run_id=old.run_id) == old:
        return old  # found again: the run that found it first stays
    if old.run_id != new.run_id:  # a later run may have no page that shows it: the landed ones do
        return (
            new
            if new.captures or not old.captures
            else dataclasses.replace(new, captures=old.captures, samples=old.samples)
        )
    findings = {finding.subject: finding for finding in (*new.findings, *old.findings)}
    samples = sorted(
        {*old.samples, *new.samples}, key=lambda each: (each.url or "", each.capture_uri, each.capture_offset)
    )
    return dataclasses.replace(
        new,
        captures=max(old.captures, new.captures),
        withheld=max(old.withheld, new.withheld),
        findings=tuple(findings[subject] for subject in sorted(findings)),
        samples=tuple(samples[:MAX_SAMPLES]),
    )


def _decoded(body: bytes, key: str) -> SuspectDay:
    try:
        return _SUSPECT.validate_json(body)
    except ValueError as error:
        detail = " ".join(str(error).partition(" [type=")[0].split())
        raise NewslakeError(
            f"{key} is damaged ({detail})", "Delete it and run its day again: the gate judges it anew."
        ) from error

"""Days that the quality gate holds back: one small object each, beside the lake's tables.

A hold says what was found and where its captures are; it keeps nothing from being read, and the captures lie in the
archive. It ends when a person releases the day with a reason, or when a later run of the day finds nothing fatal.
"""

import dataclasses
import re
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson

from infra.archive.raw_objects import day_of, source_of
from infra.base.errors import NewslakeError
from infra.lake.partition import ARTICLES
from infra.store.object_store import ObjectStore, read_merge_write
from parsers.source.checks import Check, Finding, Severity

MAX_SAMPLES: Final = 5  # enough to see one structure from several pages
READERS: Final = 8  # a GET waits 20 ms for S3
_KEY: Final = re.compile(r"holds/source=[^/]+/date=([^/]+)/hold\.json")


class HoldState(StrEnum):
    """What became of a hold."""

    HELD = "held"
    RELEASED = "released"  # a person landed the day in spite of the findings, and said why
    CLOSED = "closed"  # a later run of the day found nothing fatal


@dataclass(frozen=True, slots=True)
class HeldCapture:
    """One capture of those that are held, to look at: `newslake show URL`.

    Attributes:
        url: its address, None where it has none.
        article_id: of the article that it gave, None where it gave none.
        capture_uri: object that holds the raw bytes.
        capture_offset: where the record begins in it, bytes.
        capture_length: length of the record, bytes.
    """

    url: str | None
    article_id: str | None
    capture_uri: str
    capture_offset: int
    capture_length: int


@dataclass(frozen=True, slots=True)
class Hold:
    """What is held back of a day.

    Attributes:
        source: name of the source.
        date: UTC publication day; of captures without one, the day on which they were got.
        run_id: run that found it.
        captures: that are held, the most of one batch.
        articles: among them that gave an article.
        findings: why; fatal ones.
        samples: some of the captures.
        got: folders of the archive that hold the captures, `SOURCE/YYYY-MM-DD` by day of capture, ascending.
        state: what became of it.
        reason: why a person released it; empty unless released.
        ended_by: run that released or closed it; empty while held.
    """

    source: str
    date: str
    run_id: str
    captures: int
    articles: int
    findings: tuple[Finding, ...]
    samples: tuple[HeldCapture, ...]
    got: tuple[str, ...] = ()
    state: HoldState = HoldState.HELD
    reason: str = ""
    ended_by: str = ""

    @property
    def subjects(self) -> frozenset[tuple[str, str]]:
        """What is wrong: checks and fields."""
        return frozenset(finding.subject for finding in self.findings)

    def to_json(self) -> bytes:
        """Canonical JSON: equal holds give equal bytes."""
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS)


def hold_key(source: str, day: str) -> str:
    """Key of a hold's object.

    Raises:
        UsageError: source or day is no partition value.
    """
    return f"holds/{ARTICLES.key(source, day).split('/', 1)[1].rpartition('/')[0]}/hold.json"


def read_hold(store: ObjectStore, source: str, day: str) -> Hold | None:
    """The hold of a day, whatever became of it; None if it never had one.

    Raises:
        UsageError: source or day is no partition value.
        NewslakeError: it cannot be read.
    """
    key = hold_key(source, day)
    stored = store.get(key)
    return _decoded(stored.body, key) if stored else None


def read_holds(store: ObjectStore, source: str | None = None, days: Collection[str] | None = None) -> list[Hold]:
    """Holds, whatever became of them, by source and day.

    Args:
        store: of the lake.
        source: only this one; None: all.
        days: only of these; None: all.

    Raises:
        NewslakeError: one cannot be read.
    """
    prefix = f"holds/source={source}/" if source else "holds/"
    keys = [info.key for info in store.list(prefix) if _is_asked_for(info.key, days)]
    with ThreadPoolExecutor(READERS) as pool:
        bodies = list(pool.map(store.get, keys))
    return [_decoded(stored.body, key) for key, stored in zip(keys, bodies, strict=True) if stored]


def _is_asked_for(key: str, days: Collection[str] | None) -> bool:
    match = _KEY.fullmatch(key)
    return match is not None and (days is None or match[1] in days)


def open_holds(holds: Iterable[Hold]) -> list[Hold]:
    """Those that are still held."""
    return [hold for hold in holds if hold.state is HoldState.HELD]


def since(hold: Hold, holds: Iterable[Hold]) -> str:
    """The first day of the source that is held for the same thing.

    Args:
        hold: an open hold.
        holds: those of the lake.
    """
    same = (each for each in open_holds(holds) if each.source == hold.source and each.subjects & hold.subjects)
    return min((each.date for each in same), default=hold.date)


def put_hold(store: ObjectStore, hold: Hold) -> None:
    """Record that a day is held, or landed in spite of its findings. Repeating it changes nothing.

    What another batch of the same run found is kept; what an earlier run found gives way, unless it is the same. The
    folders of all captures that are held stay.

    Raises:
        NewslakeError: the hold cannot be written.
    """
    key = hold_key(hold.source, hold.date)
    read_merge_write(store, key, lambda old: _merged(_decoded(old, key) if old else None, hold).to_json())


def close_hold(store: ObjectStore, hold: Hold, run_id: str) -> None:
    """Record that a later run of the day found nothing fatal.

    Args:
        store: of the lake.
        hold: as it was read; where it has changed meanwhile, it stays.
        run_id: of that run.
    """
    closed = dataclasses.replace(hold, state=HoldState.CLOSED, ended_by=run_id)
    key = hold_key(hold.source, hold.date)
    read_merge_write(store, key, lambda old: closed.to_json() if old == hold.to_json() else None)


def folder_of_record(uri: str) -> str:
    """The folder of the archive that an object lies in, as holds name it: `SOURCE/YYYY-MM-DD`."""
    return f"{source_of(uri)}/{day_of(uri)}"


def released(hold: Hold, reason: str, run_id: str) -> Hold:
    """The hold of a day that a person had landed in spite of what was found.

    Args:
        hold: the hold.
        reason: why.
        run_id: of the run that landed it.
    """
    return dataclasses.replace(hold, state=HoldState.RELEASED, reason=reason, ended_by=run_id)


def _merged(old: Hold | None, new: Hold) -> Hold:
    if old is None:
        return new
    if old.state is HoldState.HELD:  # what it holds is still held: a release must find the captures of both
        new = dataclasses.replace(new, got=tuple(sorted({*old.got, *new.got})))
    same = (old.state, old.subjects, old.reason) == (new.state, new.subjects, new.reason)
    if same and (old.captures, old.articles, old.got) == (new.captures, new.articles, new.got):
        return old  # found again: the run that found it first stays
    if old.run_id != new.run_id or old.state is not new.state:
        return new
    return dataclasses.replace(
        new,
        captures=max(old.captures, new.captures),
        articles=max(old.articles, new.articles),
        findings=_joined(old.findings, new.findings),
        samples=tuple(sorted({*old.samples, *new.samples}, key=_in_order)[:MAX_SAMPLES]),
    )


def _joined(old: Sequence[Finding], new: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings of two batches, one of each subject: the one further from what was expected."""
    worst: dict[tuple[str, str], Finding] = {}
    for finding in (*old, *new):
        known = worst.get(finding.subject)
        if known is None or abs(finding.observed - finding.expected) > abs(known.observed - known.expected):
            worst[finding.subject] = finding
    return tuple(worst[subject] for subject in sorted(worst))


def _in_order(sample: HeldCapture) -> tuple[str, str, int]:
    return sample.url or "", sample.capture_uri, sample.capture_offset


def _decoded(body: bytes, key: str) -> Hold:
    try:
        stated: dict[str, Any] = orjson.loads(body)
        findings = [
            Finding(**each | {"check": Check(each["check"]), "severity": Severity(each["severity"])})
            for each in stated["findings"]
        ]
        samples = [HeldCapture(**each) for each in stated["samples"]]
        state = HoldState(stated["state"])
        read = {"findings": tuple(findings), "samples": tuple(samples), "got": tuple(stated["got"]), "state": state}
        return Hold(**stated | read)
    except (ValueError, KeyError, TypeError) as error:
        raise NewslakeError(
            f"{key} is damaged ({error!r})", "Delete it and run its day again: it is held again if it must be."
        ) from error

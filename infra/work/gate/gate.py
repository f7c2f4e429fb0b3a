"""The quality gate: what may land, and what is held back because its source has changed or its parser is broken.

A batch of captures is judged by source: as a whole, since captures that gave no article have no publication day, and
each publication day on its own. A fatal finding of the batch holds back all of the source in it, one of a day that day.
What is held neither enters the lake nor takes anything out of it; its captures are in the archive.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from infra.lake.holds import MAX_SAMPLES, HeldCapture, Hold, HoldState, folder_of_record, read_holds, released
from infra.lake.lake import Lake, PartitionId
from infra.lake.partition import Coverage
from infra.work.gate.batch_checks import DayCaptures, landed_rows
from parsers.record.capture import CaptureIdentity
from parsers.record.outcome import Parsed
from parsers.registry import by_name
from parsers.source.checks import MIN_SAMPLE, Check, Finding, Severity

if TYPE_CHECKING:
    from infra.work.run import ParsedCapture, Run


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate lets through.

    Attributes:
        examined: articles that may land, and all rejections: those are recorded in any case.
        coverage: of days that are not held.
        reparsed: by source, captures on which this is the newest word, without those that are held.
        held: captures that are held back, by (source, day).
        findings: what was found; fatal ones held something back.
        holds: to be recorded before anything is landed: a kill in between must not leave a day missing unexplained.
        passed: holds of earlier runs whose day is right now: to be closed when it is landed.
    """

    examined: list["ParsedCapture"]
    coverage: dict[PartitionId, Coverage]
    reparsed: dict[str, Collection[CaptureIdentity]]
    held: Counter[PartitionId] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    passed: list[Hold] = field(default_factory=list)


def judge(
    examined: Sequence["ParsedCapture"],
    lake: Lake,
    run: "Run",
    *,
    mode: str,
    coverage: Mapping[PartitionId, Coverage],
    reparsed: Mapping[str, Collection[CaptureIdentity]],
    whole_days: Collection[PartitionId] = (),
) -> GateResult:
    """Judge captures before they are landed; nothing is written.

    Args:
        examined: captures with their outcomes.
        lake: where they are to land.
        run: the run; says whether findings are accepted.
        mode: `live`, `ingest` or `reparse`.
        coverage: by (source, day).
        reparsed: by source, captures that were parsed again.
        whole_days: days of which everything is landed, or among `examined`: their articles are counted.

    Raises:
        NewslakeError: the lake cannot be read.
    """
    passage = GateResult([], dict(coverage), dict(reparsed))
    owners = {capture: name for name, captures in reparsed.items() for capture in captures}
    by_source: defaultdict[str, list[ParsedCapture]] = defaultdict(list)
    for each in examined:
        by_source[owners.get(each.archived.capture.identity, each.day_got[0])].append(each)
    for name in sorted({*by_source, *(source for source, _ in whole_days)}):
        source = by_name(name)
        if source is None:  # `_unknown`: nothing of it can land
            passage.examined.extend(by_source[name])
            continue
        whole = {day for owner, day in whole_days if owner == name}
        batch = DayCaptures(source, by_source[name], lake, mode, whole, reparsed.get(name, ()))
        _SourceGate(batch, lake, run).judge(passage)
    return passage


class _SourceGate:
    """The captures of one source in one batch."""

    def __init__(self, batch: DayCaptures, lake: Lake, run: "Run") -> None:
        self._batch = batch
        self._name = batch.source.name
        self._lake = lake
        self._run = run
        self._holds = {hold.date: hold for hold in read_holds(lake.store, self._name, batch.all_days())}

    def judge(self, passage: GateResult) -> None:
        """Judge the captures, and add what comes of it."""
        again = any(hold.state is HoldState.HELD for hold in self._holds.values())
        findings = self._batch.findings(again=again)
        accepted = {day: reason for day, found in findings.by_day.items() if (reason := self._accepted(day, found))}
        days = findings.by_day.keys() - accepted.keys()
        everything = findings.of_batch and bool(days)
        held = self._held(days, accepted.keys(), everything=everything) if days else {}
        self._let_pass(passage, held, days, everything=everything)
        passage.findings.extend(findings.warnings)
        for day, found in sorted(findings.by_day.items()):
            mine = [self._batch.examined[number] for number, at in held.items() if at == day]
            passage.findings.extend(_told(finding, accepted.get(day, "")) for finding in found)
            if day in days:
                passage.held[self._name, day] += len(mine)
                passage.holds.append(self._hold(day, mine, found))
            elif accepted[day] == self._run.accept:
                mine = [each for each in self._batch.examined if self._batch.day_of(each) == day]
                passage.holds.append(released(self._hold(day, mine, found), accepted[day], self._run.run_id))
        passage.passed.extend(
            hold for day, hold in self._holds.items() if day not in findings.by_day and self._passes(hold)
        )

    def _accepted(self, day: str, findings: Sequence[Finding]) -> str:
        """Why a day is landed in spite of its findings; empty if it is not."""
        hold = self._holds.get(day)
        if hold and hold.state is HoldState.RELEASED and hold.subjects.issuperset(each.subject for each in findings):
            return hold.reason  # what a person has accepted need not be accepted again after each reparse
        run = self._run
        return run.accept if not run.accepted_days or day in run.accepted_days else ""

    def _held(self, days: Collection[str], accepted: Collection[str], *, everything: bool) -> dict[int, str]:
        """Captures that are held, by their number, and the day that each is held under.

        Where a day is held, a row of it may not leave for another day either, so its old home counts as well as the
        new one. Where everything is held, only what belongs to accepted days alone passes.
        """
        old_homes = self._old_homes(accepted if everything else days)
        held: dict[int, str] = {}
        for number, each in enumerate(self._batch.examined):
            names: set[str | CaptureIdentity] = {each.archived.capture.identity}
            if isinstance(each.outcome, Parsed):
                names.add(each.outcome.article.article_id)
            homes = {old_homes[name] for name in names & old_homes.keys()}
            if new_home := self._batch.day_of(each):
                homes.add(new_home)
            if everything:
                homes = homes or {each.day_got[1]}
                if not homes <= set(accepted):
                    held[number] = min(homes & set(days), default=each.day_got[1])
            elif homes & set(days):
                held[number] = min(homes & set(days))
        return held

    def _old_homes(self, days: Collection[str]) -> dict[str | CaptureIdentity, str]:
        """Days by `article_id` and by capture of the rows that are there."""
        homes: dict[str | CaptureIdentity, str] = {}
        for day in days:
            for identity, capture in landed_rows(self._lake, self._name, day):
                homes[identity] = homes[capture] = day
        return homes

    def _let_pass(self, passage: GateResult, held: Collection[int], days: Collection[str], *, everything: bool) -> None:
        examined = self._batch.examined
        kept = {examined[number].archived.capture.identity for number in held}
        passage.examined.extend(
            each for number, each in enumerate(examined) if number not in held or not isinstance(each.outcome, Parsed)
        )
        if everything:  # also captures that the parsers no longer know to be of this source
            kept |= {*self._batch.reparsed}.difference(each.archived.capture.identity for each in examined)
        if self._name in passage.reparsed:
            passage.reparsed[self._name] = {*self._batch.reparsed} - kept
        for source, day in list(passage.coverage):
            if source == self._name and (everything or day in days):
                del passage.coverage[source, day]  # nothing may say that the day was looked at and is empty

    def _hold(self, day: str, held: Sequence["ParsedCapture"], findings: Sequence[Finding]) -> Hold:
        articles = sum(isinstance(each.outcome, Parsed) for each in held)
        samples = [_sample(each) for each in sorted(held, key=lambda each: _least_telling_last(each, findings))]
        return Hold(
            source=self._name,
            date=day,
            run_id=self._run.run_id,
            captures=len(held),
            articles=articles,
            findings=tuple(findings),
            samples=tuple(samples[:MAX_SAMPLES]),
            got=tuple(sorted({folder_of_record(each.archived.pointer.uri) for each in held})),
        )

    def _passes(self, hold: Hold) -> bool:
        """Whether a day without a fatal finding now has been looked at as well as when it was held."""
        if hold.state is not HoldState.HELD or hold.run_id == self._run.run_id:
            return False  # another batch of the same run found it
        if any(check == Check.ARTICLES for check, _ in hold.subjects) and hold.date not in self._batch.whole_days:
            return False
        parsed = [each for each in self._batch.examined if isinstance(each.outcome, Parsed)]
        seen = sum(hold.date in {self._batch.day_of(each), each.day_got[1]} for each in parsed)
        return seen >= max(1, min(hold.captures, MIN_SAMPLE))


def _told(finding: Finding, accepted: str) -> Finding:
    """A finding as the report has it: one that was accepted holds nothing back."""
    if not accepted:
        return finding
    return replace(finding, severity=Severity.WARNING, detail=f"{finding.detail}; accepted: {accepted}")


def _least_telling_last(each: "ParsedCapture", findings: Sequence[Finding]) -> tuple[bool, str, str, int]:
    """Sort key of samples: first those that lack what was not found."""
    pointer, outcome = each.archived.pointer, each.outcome
    fields = [finding.field for finding in findings if finding.field]
    whole = isinstance(outcome, Parsed) and all(getattr(outcome.article, name) for name in fields)
    return whole, each.archived.capture.url or "", pointer.uri, pointer.offset


def _sample(each: "ParsedCapture") -> HeldCapture:
    pointer = each.archived.pointer
    identity = each.outcome.article.article_id if isinstance(each.outcome, Parsed) else None
    return HeldCapture(each.archived.capture.url, identity, pointer.uri, pointer.offset, pointer.length)

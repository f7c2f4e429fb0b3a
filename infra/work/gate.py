"""The quality gate: marks days on which a source or its parser seems broken.

What was read lands. Captures of one source are judged as a batch and day by day, against what the source declares and
its own history. Only a reparse holds anything back: what would remove a landed row, or take the field that broke.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Final

from infra.lake.lake import Lake
from infra.lake.landing import zipped
from infra.lake.partition import REJECTS, date_of, read_rows
from infra.lake.rejects import RejectState
from infra.lake.rows import PartitionId
from infra.lake.suspects import MAX_SAMPLES, SuspectCapture, SuspectDay, mark_suspect, suspect_days
from infra.work.history import History
from infra.work.run import ParsedCapture, Run
from parsers.record.article import NULL_PARTITION, Fidelity
from parsers.record.capture import CaptureIdentity
from parsers.record.outcome import Parsed, Rejected, RejectReason
from parsers.registry import by_name
from parsers.source.checks import OF_INPUT, WATCHED, Check, DayProfile, Finding, Severity, has, judge, needs_history
from parsers.source.definition import Source

# Rejections that say which field was not found: the capture counts as an article without it.
LACKING: Final = {RejectReason.MISSING_TITLE: "title", RejectReason.MISSING_BODY: "body"}
MIN_PAGES: Final = 3  # one or two pages prove nothing, whatever is wrong with them
ENOUGH_SEEN: Final = 10  # good pages that clear a suspect day, if it does not have fewer


@dataclass(frozen=True, slots=True)
class GateResult:
    """What may be landed: all rejections, and all articles that are not withheld; and what the gate found."""

    passed: list[ParsedCapture] = field(default_factory=list)
    # By source, captures on which this is the newest word, without those that are withheld.
    reparsed: dict[str, Collection[CaptureIdentity]] = field(default_factory=dict)
    withheld: Counter[PartitionId] = field(default_factory=Counter)  # captures that a reparse must not land
    findings: list[Finding] = field(default_factory=list)
    suspects: list[SuspectDay] = field(default_factory=list)  # to be marked before anything is landed
    in_order: list[SuspectDay] = field(default_factory=list)  # to be closed once they are landed


def pass_gate(
    parsed: Sequence[ParsedCapture],
    lake: Lake,
    run: Run,
    *,
    mode: str,
    reparsed: Mapping[str, Collection[CaptureIdentity]],
    whole_days: Collection[PartitionId] = (),
    day_of: Callable[[ParsedCapture], PartitionId] = lambda each: each.day_got,
) -> GateResult:
    """Judge captures before they are landed; nothing is written."""
    result = GateResult(reparsed=dict(reparsed))
    owners = {capture: name for name, captures in reparsed.items() for capture in captures}
    by_source: defaultdict[str, list[ParsedCapture]] = defaultdict(list)
    for each in parsed:
        by_source[owners.get(each.archived.capture.identity, each.day_got[0])].append(each)
    for name in sorted({*by_source, *(source for source, _ in whole_days)}):
        source = by_name(name)
        if source is None:  # `_unknown`: nothing of it can land
            result.passed.extend(by_source[name])
            continue
        whole = {day for owner, day in whole_days if owner == name}
        _SourceBatch(source, by_source[name], lake, run, mode, whole, day_of).judge(result)
    return result


def judge_landed(lake: Lake, run: Run, landed: Iterable[PartitionId]) -> tuple[Finding, ...]:
    """Judge days by all that has landed of them, and mark what is wrong: an ingest lands together what it read.

    Days are judged in their order, each by those before it that are good.
    """
    found: list[Finding] = []
    places = sorted({(name, date_of(partition)) for name, partition in landed})
    for name, of_source in groupby(places, lambda place: place[0]):
        if source := by_name(name):
            batch = _SourceBatch(source, (), lake, run, "ingest", (), lambda each: each.day_got)
            days = [day for _, day in of_source if day != NULL_PARTITION]
            for number, day in enumerate(days):
                found += batch.judge_landed(day, unjudged=days[number:])
    return tuple(found)


@dataclass
class _SourceBatch:
    _source: Source
    _parsed: Sequence[ParsedCapture]
    _lake: Lake
    _run: Run
    _mode: str
    _whole_days: Collection[str]
    _day_of: Callable[[ParsedCapture], PartitionId]

    def __post_init__(self) -> None:
        self._history = History(self._lake.store, self._source.name)
        self._by_day: defaultdict[str, list[ParsedCapture]] = defaultdict(list)
        self._ignored = _ignored(self._mode)
        rejected = {id(each) for each in self._news()}
        for each in self._parsed:
            name, day = each.partition or self._day_of(each)
            if isinstance(each.outcome, Parsed) or id(each) in rejected:
                dated = name == self._source.name and day != NULL_PARTITION
                self._by_day[day if dated else each.day_got[1]].append(each)

    def judge(self, result: GateResult) -> None:
        """Judge the captures, and add what comes of it."""
        found = self._findings()
        broken = {day: [each for each in of_day if each.severity is Severity.SUSPECT] for day, of_day in found.items()}
        broken = {day: of_day for day, of_day in broken.items() if of_day}
        accepted = self._run.accept if self._mode == "reparse" else ""
        withheld = self._withheld(broken) if broken and self._mode == "reparse" and not accepted else []
        kept = {each.archived.capture.identity for each in withheld}
        for each in self._parsed:
            if each.archived.capture.identity not in kept or not isinstance(each.outcome, Parsed):
                result.passed.append(each)
        name = self._source.name
        if kept:
            result.reparsed[name] = {*result.reparsed.get(name, ())} - kept
        for day, of_day in sorted(found.items()):
            result.findings.extend(_accepted(each, accepted) if accepted else each for each in of_day)
            if day in broken and not accepted:
                mine = [each for each in withheld if each in self._by_day[day]]
                result.withheld.update({(name, day): len(mine)} if mine else {})
                result.suspects.append(self._suspect(day, broken[day], len(mine)))
        days = {*self._by_day, *self._whole_days, *(each.day_got[1] for each in self._parsed)}
        known = suspect_days(self._lake.store, name, days) if days else []
        found_now = {} if accepted else broken
        result.in_order.extend(day for day in known if day.date not in found_now and self._is_in_order(day, accepted))

    def judge_landed(self, day: str, unjudged: Collection[str]) -> list[Finding]:
        """Judge a day of which nothing is known but what has landed; not one that is suspect already."""
        profile = self._landed(day)
        if day in self._suspect_dates or profile.captures < MIN_PAGES or not needs_history(profile):
            return []
        found = judge(profile, self._history.near(day, without=self._suspect_dates.union(unjudged)))
        if broken := tuple(finding for finding in found if finding.severity is Severity.SUSPECT):
            self._suspect_dates.add(day)
            suspect = SuspectDay(self._source.name, day, self._run.run_id, profile.captures, 0, broken, ())
            mark_suspect(self._lake.store, suspect)
        return found

    def _findings(self) -> dict[str, list[Finding]]:
        """What is wrong, by day. What is wrong with the batch counts for each day that shows it."""
        found: defaultdict[str, list[Finding]] = defaultdict(list)
        for day in sorted({*self._by_day, *self._whole_days}):
            found[day] += self._judged(day, self._by_day[day], whole_day=day in self._whole_days)
        days = sorted(self._by_day)
        if len(days) > 1:
            everything = [each for day in days for each in self._by_day[day]]
            for finding in self._judged(days[len(days) // 2], everything, alone=True):
                for day in days:
                    told = finding.subject in {each.subject for each in found[day]}
                    if not told and any(_shows(each, finding) for each in self._by_day[day]):
                        found[day].append(replace(finding, date=day))
        return {day: of_day for day, of_day in found.items() if of_day}

    def _judged(
        self, day: str, parsed: Sequence[ParsedCapture], *, whole_day: bool = False, alone: bool = False
    ) -> list[Finding]:
        profile = self._profile(day, parsed)
        if self._mode == "live" and not alone:  # a small site has a page or two a run: together they are a day
            earlier = self._landed(day)
            if earlier.captures and needs_history(profile + earlier, whole_day=whole_day):
                known = self._lake.identities(self._source.name, day) | self._open_rejects(parsed)
                news = [each for each in parsed if (each.article_id or each.reject_id) not in known]
                profile = self._profile(day, news)
            profile += earlier
        if (profile.captures < MIN_PAGES and not whole_day) or not needs_history(profile, whole_day=whole_day):
            return []
        history = self._history.near(day, without=self._suspect_dates)
        found = judge(profile, history, whole_day=whole_day)
        if any(finding.check is Check.ARTICLES for finding in found):
            # What is landed of the day counts too. It is read only where the batch alone is too small.
            landed = {each.article_id for each in parsed if each.article_id}
            landed |= self._lake.identities(self._source.name, day)
            found = judge(replace(profile, articles=len(landed)), history, whole_day=True)
        return found if profile.captures >= MIN_PAGES else [each for each in found if each.check is Check.ARTICLES]

    def _profile(self, day: str, parsed: Sequence[ParsedCapture]) -> DayProfile:
        """Fill is measured on complete HTML captures: text captures lack what a page says outside its text."""
        articles = [each.outcome.article for each in parsed if isinstance(each.outcome, Parsed)]
        complete = [article for article in articles if article.fidelity == Fidelity.HTML]
        reasons = [each.outcome.reason for each in parsed if isinstance(each.outcome, Rejected)]
        lacking = Counter(LACKING[reason] for reason in reasons if reason in LACKING)
        fill = {
            name: sum(has(article, name) for article in complete) / total
            for name in WATCHED
            if (total := len(complete) + lacking[name])
        }
        return DayProfile(
            source=self._source.name,
            date=day,
            articles=len(articles),
            captures=len(parsed),
            rejected=Counter(reason.value for reason in reasons),
            fill=fill,
            measured=len(complete),
            lacking=lacking,
        )

    def _landed(self, day: str) -> DayProfile:
        landed = self._history.landed(day)
        rejected = {reason: count for reason, count in landed.rejected.items() if reason not in self._ignored}
        lacking = {name: count for reason, name in LACKING.items() if (count := landed.rejected.get(reason, 0))}
        fill = {  # captures that lack a field count as articles without it
            name: share * landed.measured / (landed.measured + lacking.get(name, 0))
            for name, share in (dict.fromkeys(lacking, 0.0) | {**landed.fill}).items()
            if name in WATCHED
        }
        captures = landed.articles + sum(rejected.values())
        return replace(landed, captures=captures, rejected=rejected, fill=fill, lacking=lacking)

    @cached_property
    def _suspect_dates(self) -> set[str]:
        return {suspect.date for suspect in suspect_days(self._lake.store, self._source.name)}

    def _news(self) -> list[ParsedCapture]:
        """Rejections that count; in a reparse only those that the lake does not have yet."""
        counted = [
            each
            for each in self._parsed
            if isinstance(each.outcome, Rejected) and each.outcome.reason not in self._ignored
        ]
        if self._mode != "reparse":
            return counted
        known = self._open_rejects(counted)
        return [each for each in counted if each.reject_id not in known]

    def _open_rejects(self, parsed: Sequence[ParsedCapture]) -> set[str]:
        known: set[str] = set()
        for source, day in sorted({each.day_got for each in parsed}):
            rows = zipped(read_rows(self._lake.store, REJECTS, source, day), (REJECTS.identity, "state"))
            known |= {identity for identity, state in rows if state == RejectState.OPEN}
        return known

    def _withheld(self, broken: Mapping[str, Sequence[Finding]]) -> list[ParsedCapture]:
        fields = sorted({finding.field for of_day in broken.values() for finding in of_day if finding.field})
        captures = [each.archived.capture.identity for each in self._parsed]
        rows = self._lake.rows_of(self._source.name, captures, fields)
        found = []
        for each in self._parsed:
            row = rows.get(each.archived.capture.identity)
            if row is None:
                continue
            if isinstance(each.outcome, Rejected):
                removed_or_worse = each.outcome.reason not in self._ignored
            else:
                removed_or_worse = any(row[name] and not getattr(each.outcome.article, name) for name in fields)
            if removed_or_worse:
                found.append(each)
        return found

    def _suspect(self, day: str, findings: Sequence[Finding], withheld: int) -> SuspectDay:
        shown = [each for each in self._by_day[day] if any(_shows(each, finding) for finding in findings)]
        samples = sorted(map(_sample, shown or self._by_day[day]), key=lambda sample: sample.url or "")
        return SuspectDay(
            source=self._source.name,
            date=day,
            run_id=self._run.run_id,
            captures=len(shown),
            withheld=withheld,
            findings=tuple(findings),
            samples=tuple(samples[:MAX_SAMPLES]),
        )

    def _is_in_order(self, suspect: SuspectDay, accepted: str) -> bool:
        """Whether a day without a finding now has been looked at as well as when it became suspect."""
        if suspect.run_id == self._run.run_id:
            return False  # another batch of the same run found it
        if accepted:
            return True
        checks = {check for check, _ in suspect.subjects}
        if Check.ARTICLES in checks and suspect.date not in self._whole_days:
            return False
        good = sum(isinstance(each.outcome, Parsed) for each in self._by_day[suspect.date])
        return checks == {Check.ARTICLES} or good >= max(1, min(suspect.captures, ENOUGH_SEEN))


def _ignored(mode: str) -> frozenset[RejectReason]:
    """Rejections that say nothing about the parser."""
    if mode == "ingest":  # a crawl holds pages of all kinds; what discovery found, or was an article once, is of one
        return OF_INPUT | {RejectReason.NOT_ARTICLE}
    # A source that a reparse no longer recognises has lost it by a change of ours.
    return OF_INPUT - {RejectReason.UNKNOWN_SOURCE} if mode == "reparse" else OF_INPUT


def _shows(each: ParsedCapture, finding: Finding) -> bool:
    if isinstance(each.outcome, Rejected):
        return finding.check is Check.REJECTS or LACKING.get(each.outcome.reason) == finding.field
    return finding.check is Check.FILL and finding.field is not None and not has(each.outcome.article, finding.field)


def _accepted(finding: Finding, reason: str) -> Finding:
    if finding.severity is not Severity.SUSPECT:
        return finding
    return replace(finding, severity=Severity.WARNING, detail=f"{finding.detail}; accepted: {reason}")


def _sample(each: ParsedCapture) -> SuspectCapture:
    pointer = each.archived.pointer
    return SuspectCapture(each.archived.capture.url, each.article_id, pointer.uri, pointer.offset, pointer.length)

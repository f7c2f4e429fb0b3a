"""What is wrong with the captures of one source in one batch, compared with what of the source is landed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from infra.lake.lake import Lake
from infra.lake.landing import CAPTURE, captures_of
from infra.lake.partition import ARTICLES, REJECTS
from infra.lake.partition_file import PartitionFile
from infra.lake.rejects import RejectState
from infra.work.gate.history import History
from parsers.record.article import NULL_PARTITION, Article
from parsers.record.capture import CaptureIdentity
from parsers.record.outcome import Parsed, Rejected, RejectReason
from parsers.source.checks import (
    OF_INPUT,
    WATCHED,
    Check,
    DayProfile,
    Finding,
    Severity,
    judge,
    needs_history,
    profile_of,
)
from parsers.source.definition import Source

if TYPE_CHECKING:
    from infra.work.run import ParsedCapture

# Rejections that say which field was not found: the capture counts as an article without it.
LACKING: Final = {RejectReason.MISSING_TITLE: "title", RejectReason.MISSING_BODY: "body"}


@dataclass(slots=True)
class Findings:
    """What is wrong.

    Attributes:
        by_day: fatal findings, by the day that they hold back.
        warnings: the others.
        of_batch: some fatal ones are of the batch as a whole.
    """

    by_day: dict[str, list[Finding]] = field(default_factory=dict)
    warnings: list[Finding] = field(default_factory=list)
    of_batch: bool = False


class DayCaptures:
    """Captures of one source, judged together.

    Attributes:
        source: the source.
        examined: its captures with their outcomes.
        whole_days: days of which everything is landed or here.
        reparsed: captures that were parsed again.
    """

    def __init__(
        self,
        source: Source,
        examined: Sequence["ParsedCapture"],
        lake: Lake,
        mode: str,
        whole_days: Collection[str],
        reparsed: Collection[CaptureIdentity],
    ) -> None:
        self.source = source
        self.examined = examined
        self.whole_days = whole_days
        self.reparsed = reparsed
        self._lake = lake
        # A crawl holds pages of all kinds. What discovery found, or was an article once, is no page of another kind.
        self._ignored = OF_INPUT | ({RejectReason.NOT_ARTICLE} if mode == "ingest" else set())
        self._history = History(lake.store, source.name)
        self._watched = tuple(dict.fromkeys((*WATCHED, *source.checks.fill)))

    def day_of(self, each: "ParsedCapture") -> str | None:
        """Publication day of an article of this source; None if it has none, or there is no article."""
        source, day = each.partition or ("", NULL_PARTITION)
        return day if source == self.source.name and day != NULL_PARTITION else None

    def filing_days(self) -> list[str]:
        """Days under which all of the batch is held: publication days; the day it was got for an article without one.

        Captures that gave no article belong to those days too. Where there is no article at all, they are held under
        the days on which they were got.
        """
        parsed = [each for each in self.examined if isinstance(each.outcome, Parsed)]
        return sorted({self.day_of(each) or each.day_got[1] for each in parsed or self.examined})

    def all_days(self) -> set[str]:
        """Every day that may be held, or may have been."""
        return {*self.whole_days, *self.filing_days(), *(each.day_got[1] for each in self.examined)}

    def findings(self, *, again: bool) -> Findings:
        """What is wrong with the batch, and with each of its days.

        Args:
            again: whether some of its days are held already; then rejections that are known still count.
        """
        found = Findings()
        of_batch = self._of_batch(again=again)
        subjects = {finding.subject for finding in of_batch}
        found.warnings = [finding for finding in of_batch if finding.severity is Severity.WARNING]
        fatal = [finding for finding in of_batch if finding.severity is Severity.FATAL]
        if fatal:
            found.of_batch = True
            found.by_day = {day: [replace(each, date=day) for each in fatal] for day in self.filing_days()}
        for finding in self._of_days():
            if finding.subject in subjects and (found.of_batch or finding.severity is Severity.WARNING):
                continue  # said of the batch
            if finding.severity is Severity.FATAL:
                found.by_day.setdefault(finding.date, []).append(finding)
            else:
                found.warnings.append(finding)
        return found

    def _of_batch(self, *, again: bool) -> list[Finding]:
        days = self.filing_days()
        if not days:
            return []
        middle = days[len(days) // 2]
        rejected = [each for each in self.examined if self._counts(each)]
        profile = self._profile(middle, rejected)
        if not needs_history(profile, self.source.checks):
            return []
        if not again:  # a page that is known to be none is no news: `reparse --only-rejects` takes nothing else
            profile = self._profile(middle, self._news(rejected))
        return judge(profile, self._history.near(middle), self.source.checks)

    def _counts(self, each: "ParsedCapture") -> bool:
        return isinstance(each.outcome, Rejected) and each.outcome.reason not in self._ignored

    def _profile(self, day: str, rejected: Sequence["ParsedCapture"]) -> DayProfile:
        articles = [each.outcome.article for each in self.examined if isinstance(each.outcome, Parsed)]
        reasons = [each.outcome.reason for each in rejected if isinstance(each.outcome, Rejected)]
        lacking = Counter(LACKING[reason] for reason in reasons if reason in LACKING)
        counts = Counter(reason.value for reason in reasons)
        return profile_of(self.source.name, day, articles, counts, self._watched, lacking)

    def _news(self, rejected: Sequence["ParsedCapture"]) -> list["ParsedCapture"]:
        """Those of which the lake does not say yet that they are rejected."""
        known: set[str] = set()
        for source, day in sorted({each.day_got for each in rejected}):
            if self._lake.read_manifest(source, day, REJECTS) is None:
                continue
            table = self._lake.read_rejects(source, day)
            columns = (table[name].to_pylist() for name in (REJECTS.identity, "state"))
            known |= {identity for identity, state in zip(*columns, strict=True) if state == RejectState.OPEN}
        return [each for each in rejected if each.reject_id not in known]

    def _of_days(self) -> list[Finding]:
        by_day: defaultdict[str, list[Article]] = defaultdict(list)
        for each in self.examined:
            if isinstance(each.outcome, Parsed) and (day := self.day_of(each)):
                by_day[day].append(each.outcome.article)
        found = []
        for day in sorted({*by_day, *self.whole_days}):
            profile, whole = profile_of(self.source.name, day, by_day[day], {}, self._watched), day in self.whole_days
            if needs_history(profile, self.source.checks, whole_day=whole):
                found += self._judge_day(profile, by_day[day], whole_day=whole)
        return found

    def _judge_day(self, profile: DayProfile, articles: Sequence[Article], *, whole_day: bool) -> list[Finding]:
        history = self._history.near(profile.date)
        found = judge(profile, history, self.source.checks, whole_day=whole_day)
        if any(finding.check is Check.ARTICLES for finding in found):
            # What is landed of the day, and stays, counts too. It is read only where the batch alone is too small.
            count = len({article.article_id for article in articles} | self._staying(profile.date))
            found = judge(replace(profile, articles=count), history, self.source.checks, whole_day=True)
        return found

    def _staying(self, day: str) -> set[str]:
        """Identities of the rows of a day that no reparse of this batch takes away."""
        again = set(self.reparsed)
        rows = landed_rows(self._lake, self.source.name, day)
        return {identity for identity, capture in rows if capture not in again}


def landed_rows(lake: Lake, source: str, day: str) -> list[tuple[str, CaptureIdentity]]:
    """`article_id` and capture of each row of a partition; none if there is no partition.

    Raises:
        DamagedError: it cannot be read.
    """
    key = ARTICLES.key(source, day)
    stored = lake.store.get(key)
    file = PartitionFile(ARTICLES, stored.body if stored else None, key)
    rows = file.columns([ARTICLES.identity, *CAPTURE])
    return list(zip(rows[ARTICLES.identity].to_pylist(), captures_of(rows), strict=True))

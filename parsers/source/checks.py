"""What is to be expected of a day of a source: declared in the source file, or read off its own history.

Robust statistics only: medians, which one odd day does not move. Nothing here knows what is held back for a finding;
see `infra/work/gate/gate.py`.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from statistics import median

from parsers.record.article import Article, Fidelity
from parsers.record.outcome import RejectReason

# Fields without which a row is hardly an article: when one of these breaks, the day is held back. Others are flagged.
MANDATORY = frozenset({"title", "published_at", "body"})
# What is watched of every source; `Checks.fill` may name any other field.
WATCHED = ("title", "published_at", "body", "lead", "authors", "section", "topics", "images", "language")
# Of 10 pages that each lack a field with a chance of 5 %, more than half lack it once in 300,000 batches.
MIN_SAMPLE = 10
# A share of 80 % is known to 11 points by 50 rows; and no single odd day makes the median of three.
MIN_HISTORY_ROWS = 50
MIN_SHARE_DAYS = 3
# Counts differ more from day to day than shares: a working week at least.
MIN_COUNT_DAYS = 5
COUNT_DAYS = 7  # the last week: every weekday once
SAME_WEEKDAYS = 2  # a low Sunday is normal once two Sundays were low
# Below it, a day with a tenth of the usual number may be chance, or a quiet holiday: 10 % of 20 are two.
MIN_USUAL = 20
FATAL_COUNT = 0.1  # L09: a drop of 90 %
WARNING_COUNT = 0.5
# Half of all days lie within one median absolute deviation; of normally distributed ones 1 in 400 is below three times
# 1.4826 of it.
MAD_BAND = 3 * 1.4826
RELIABLE_FILL = 0.8  # what a source fills less often than that is up to the story, not to the layout
DROPPED_FILL = 0.5  # of the usual fill: a redesign that moves a field loses it on nearly every page
FATAL_REJECTS = 0.5
LOW_REJECTS = 0.25  # a history above it is of mixed pages: a crawl, a sitemap with galleries
# Verdicts on what came in, not on what the parser made of it: they say nothing of a layout.
OF_INPUT = frozenset(
    {
        RejectReason.UNKNOWN_SOURCE,
        RejectReason.HTTP_STATUS,
        RejectReason.NOT_HTML,
        RejectReason.TOO_LARGE,
        RejectReason.TRUNCATED,
        RejectReason.ARCHIVE_DAMAGED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Numbers that a day of a source must reach. `newslake suggest-checks SOURCE` proposes them from what is landed.

    Attributes:
        min_per_day: articles that every day has at least; None: judged by the source's own history alone.
        fill: field of the record -> share of articles, 0 to 1, that must have it.
        max_reject_share: share of captures, 0 to 1, that may be rejected; None: judged by history alone.
        max_age_days: days after which the newest landed day counts as stale; None: never.

    Raises:
        ValueError: a number is out of its range, or the record has no such field.
    """

    min_per_day: int | None = None
    fill: Mapping[str, float] = field(default_factory=dict)
    max_reject_share: float | None = None
    max_age_days: int | None = None

    def __post_init__(self) -> None:
        known = {each.name for each in fields(Article)}
        if unknown := sorted(set(self.fill) - known):
            raise ValueError(f"checks: the record has no field {', '.join(unknown)}")
        for share in (*self.fill.values(), self.max_reject_share or 0):
            if not 0 <= share <= 1:
                raise ValueError(f"checks: {share} is no share from 0 to 1")
        for count in (self.min_per_day, self.max_age_days):
            if count is not None and count < 0:
                raise ValueError(f"checks: {count} is negative")


class Severity(StrEnum):
    """What a finding leads to."""

    FATAL = "fatal"  # the day is held back
    WARNING = "warning"  # it is landed, and flagged


class Check(StrEnum):
    """What was found wanting."""

    ARTICLES = "articles"  # too few of them
    FILL = "fill"  # a field that too few articles have
    REJECTS = "rejects"  # too many captures that gave no article
    FRESHNESS = "freshness"  # the newest landed day is old


@dataclass(frozen=True, slots=True, kw_only=True)
class DayProfile:
    """A day of a source in numbers; or a batch of captures of one, under the day in its middle.

    Attributes:
        source: name of the source.
        date: UTC publication day, YYYY-MM-DD.
        articles: that were published on it.
        captures: articles and captures that were rejected for what the parser made of them.
        rejected: those rejections by reason.
        fill: field -> share, 0 to 1, of `measured` articles that have it.
        measured: articles on which `fill` is measured.
    """

    source: str
    date: str
    articles: int = 0
    captures: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    fill: Mapping[str, float] = field(default_factory=dict)
    measured: int = 0

    @property
    def reject_share(self) -> float:
        """Rejected captures among all, 0 to 1."""
        return sum(self.rejected.values()) / self.captures if self.captures else 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A number that is not as it should be.

    Attributes:
        source: name of the source.
        date: UTC day, YYYY-MM-DD.
        check: what was looked at.
        severity: what it leads to.
        field: of the record, for `Check.FILL`; else None.
        observed: the number: a share from 0 to 1, articles, or days.
        expected: the least (of rejects and age: the greatest) that would have passed.
        detail: what exactly, and by what it was judged, for a person.
    """

    source: str
    date: str
    check: Check
    severity: Severity
    field: str | None
    observed: float
    expected: float
    detail: str

    @property
    def subject(self) -> tuple[str, str]:
        """What is wrong, whatever its number: check and field."""
        return self.check, self.field or ""


def profile_of(
    source: str,
    day: str,
    articles: Collection[Article],
    rejected: Mapping[str, int],
    watched: Iterable[str] = WATCHED,
    lacking: Mapping[str, int] | None = None,
) -> DayProfile:
    """The profile of articles in hand.

    Fill is measured on complete HTML captures: text captures lack what a page says outside of its text.

    Args:
        source: name of the source.
        day: UTC day that it is judged as.
        articles: the articles.
        rejected: captures that the parser rejected, by reason.
        watched: fields to measure.
        lacking: field -> captures that were rejected because it was missing; they count as articles without it.
    """
    complete = [article for article in articles if article.fidelity == Fidelity.HTML]
    lacking = lacking or {}
    fill = {}
    for name in watched:
        total = len(complete) + lacking.get(name, 0)
        fill[name] = sum(bool(getattr(article, name)) for article in complete) / total if total else 0.0
    return DayProfile(
        source=source,
        date=day,
        articles=len(articles),
        captures=len(articles) + sum(rejected.values()),
        rejected=rejected,
        fill=fill,
        measured=len(complete) + sum(lacking.values()),
    )


def judge(
    profile: DayProfile, history: Sequence[DayProfile], checks: Checks, *, whole_day: bool = False
) -> list[Finding]:
    """What is wrong with a day, by what its source declares and by the source's own history.

    Shares are judged from `MIN_SAMPLE` articles or captures on; with little history, by declared numbers alone.

    Args:
        profile: the day.
        history: landed days of the source near to it, in any order; the day itself may be among them.
        checks: what the source declares.
        whole_day: the profile has all articles of the day, so that their number says something.
    """
    found = _judge_count(profile, history, checks) if whole_day else []
    found += _judge_fill(profile, history, checks)
    found += _judge_rejects(profile, history, checks)
    return found


def needs_history(profile: DayProfile, checks: Checks, *, whole_day: bool = False) -> bool:
    """Whether `judge` can find anything wrong: if not, the history need not be read.

    Args:
        profile: the day.
        checks: what the source declares.
        whole_day: as for `judge`.
    """
    few = profile.measured >= MIN_SAMPLE and any(
        share < checks.fill.get(name, DROPPED_FILL) for name, share in profile.fill.items()
    )
    limit = LOW_REJECTS if checks.max_reject_share is None else checks.max_reject_share
    return whole_day or few or (profile.captures >= MIN_SAMPLE and profile.reject_share > limit)


def judge_freshness(source: str, newest: date | None, today: date, checks: Checks) -> Finding | None:
    """Whether a source's newest landed day is too old. A run that lands nothing makes no day newer.

    Args:
        source: name of the source.
        newest: its newest landed publication day, None if there is none.
        today: the present UTC day.
        checks: what the source declares.
    """
    if checks.max_age_days is None or newest is None:
        return None
    age = (today - newest).days
    if age <= checks.max_age_days:
        return None
    detail = f"the newest landed day, {newest}, is {age} days old; declared are {checks.max_age_days} at most"
    return Finding(
        source, newest.isoformat(), Check.FRESHNESS, Severity.WARNING, None, age, checks.max_age_days, detail
    )


def _judge_count(profile: DayProfile, history: Sequence[DayProfile], checks: Checks) -> list[Finding]:
    observed = profile.articles

    def found(severity: Severity, expected: float, basis: str) -> list[Finding]:
        detail = f"{observed} articles; {basis}"
        return [Finding(profile.source, profile.date, Check.ARTICLES, severity, None, observed, expected, detail)]

    if checks.min_per_day is not None and observed < checks.min_per_day:
        return found(Severity.FATAL, checks.min_per_day, f"declared are {checks.min_per_day} at least")
    usual, deviation = _usual_count(profile, history)
    if usual < MIN_USUAL:
        return []
    basis = f"usual are {usual:g}"
    if observed < FATAL_COUNT * usual:
        return found(Severity.FATAL, FATAL_COUNT * usual, basis)
    least = min(WARNING_COUNT * usual, usual - MAD_BAND * deviation)
    if observed < least:
        return found(Severity.WARNING, least, basis)
    return []


def _usual_count(profile: DayProfile, history: Sequence[DayProfile]) -> tuple[float, float]:
    """Median and median absolute deviation of the nearest week with articles; zeros where that is not known.

    The lesser of that median and the one of the same weekday, so that a source that rests on Sundays may rest.
    """
    nearest = [day for day in _nearest(profile.date, history) if day.articles and day.date != profile.date]
    week = [day.articles for day in nearest[:COUNT_DAYS]]
    if len(week) < MIN_COUNT_DAYS:
        return 0.0, 0.0
    usual = median(week)
    deviation = median(abs(count - usual) for count in week)
    weekday = date.fromisoformat(profile.date).weekday()
    same = [day.articles for day in nearest if date.fromisoformat(day.date).weekday() == weekday]
    if len(same) >= SAME_WEEKDAYS:
        usual = min(usual, median(same))
    return usual, deviation


def _nearest(day: str, history: Sequence[DayProfile]) -> list[DayProfile]:
    """Days before, the latest first; then days after, the earliest first."""
    before = sorted((each for each in history if each.date <= day), key=lambda each: each.date, reverse=True)
    return before + sorted((each for each in history if each.date > day), key=lambda each: each.date)


def _judge_fill(profile: DayProfile, history: Sequence[DayProfile], checks: Checks) -> list[Finding]:
    if profile.measured < MIN_SAMPLE:
        return []
    known = _known(history)
    found = []
    for name, observed in profile.fill.items():
        usual = median(day.fill[name] for day in known) if known and all(name in day.fill for day in known) else 0.0
        if name in checks.fill:
            expected, basis = checks.fill[name], f"declared are {_percent(checks.fill[name])} at least"
        elif usual >= RELIABLE_FILL:
            expected, basis = DROPPED_FILL * usual, f"usual are {_percent(usual)}"
        else:
            continue
        if observed < expected:
            severity = Severity.FATAL if name in MANDATORY else Severity.WARNING
            detail = f"{name}: {_percent(observed)} of {profile.measured} articles have it; {basis}"
            found.append(Finding(profile.source, profile.date, Check.FILL, severity, name, observed, expected, detail))
    return found


def _judge_rejects(profile: DayProfile, history: Sequence[DayProfile], checks: Checks) -> list[Finding]:
    observed = profile.reject_share
    if profile.captures < MIN_SAMPLE:
        return []
    if checks.max_reject_share is not None:
        severity, expected = Severity.FATAL, checks.max_reject_share
        basis = f"declared are {_percent(expected)} at most"
    elif known := _known(history):
        usual = median(day.reject_share for day in known)
        severity = Severity.FATAL if observed > FATAL_REJECTS and usual < LOW_REJECTS else Severity.WARNING
        expected = FATAL_REJECTS if severity is Severity.FATAL else usual + LOW_REJECTS
        basis = f"usual are {_percent(usual)}"
    else:
        return []
    if observed <= expected:
        return []
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(profile.rejected.items()))
    detail = f"{_percent(observed)} of {profile.captures} captures were rejected ({reasons}); {basis}"
    return [Finding(profile.source, profile.date, Check.REJECTS, severity, None, observed, expected, detail)]


def _known(history: Sequence[DayProfile]) -> list[DayProfile]:
    """Landed days, where they are enough to judge shares by."""
    landed = [day for day in history if day.measured]
    enough = len(landed) >= MIN_SHARE_DAYS and sum(day.measured for day in landed) >= MIN_HISTORY_ROWS
    return landed if enough else []


def _percent(share: float) -> str:
    """A share for people, rounded down: 99.6 % are not 100."""
    return f"{math.floor(100 * share)} %"

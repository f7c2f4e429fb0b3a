"""What to expect of a day of a source, by the source's own history: medians, and exact tail probabilities.

One odd day moves no median, and a site of six pages a day is judged by what chance could do to six pages.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from statistics import median
from typing import Self

from parsers.record.article import Article
from parsers.record.outcome import RejectReason

WATCHED = ("title", "published_at", "body", "lead", "authors", "section", "topics", "images", "language", "flags")
# A finding must be this unlikely by chance. With ten fields and one batch a day, a source is suspected wrongly by
# chance about once in three years: 10 tests a day.
RARE = 1e-4
FLAGS = "flags"  # what was odd and repaired: here, to have the field is to have none
# Days of which shares are known, and articles in them: no single odd day makes the median of three.
MIN_SHARE_DAYS = 3
MIN_HISTORY_ROWS = 10
# Counts differ more from day to day than shares: a working week at least.
MIN_COUNT_DAYS = 5
COUNT_DAYS = 7  # the last week: every weekday once
SAME_WEEKDAYS = 2  # a low Sunday is normal once two Sundays were low
# Below it, a day with a tenth of the usual number may be chance or a quiet holiday: 10 % of 20 are two.
MIN_USUAL = 20
SUSPECT_COUNT = 0.1  # L09: a drop of 90 %
# A source that had articles on each of two weeks' days, and so many that chance empties one day in a hundred at most
# (Poisson: exp(-4.6) = 1 %): its empty day is worth a look.
NEVER_EMPTY_DAYS = 14
EMPTY_BY_CHANCE = 0.01
RELIABLE_FILL = 0.8  # a field that a source fills less often depends on the story, not on the layout
DROPPED_FILL = 0.5  # of the usual fill: a redesign that moves a field loses it on nearly every page
SUSPECT_REJECTS = 0.5
LOW_REJECTS = 0.25  # a history above it is of mixed pages: a crawl, a sitemap with galleries
# Verdicts on what came in, not on what the parser made of it: they say nothing about a layout.
OF_INPUT = frozenset({
    RejectReason.UNKNOWN_SOURCE, RejectReason.HTTP_STATUS, RejectReason.NOT_HTML, RejectReason.TOO_LARGE,
    RejectReason.TRUNCATED, RejectReason.ARCHIVE_DAMAGED,
})  # fmt: skip


def has(article: Article, name: str) -> bool:
    """Whether an article has what is watched under that name."""
    return bool(getattr(article, name)) is (name != FLAGS)


class Severity(StrEnum):
    """What a finding leads to."""

    SUSPECT = "suspect"  # the day is marked until a later run finds it in order
    WARNING = "warning"  # the run says so


class Check(StrEnum):
    """What was found wanting."""

    ARTICLES = "articles"  # too few
    FILL = "fill"  # a field that too few articles have
    REJECTS = "rejects"  # too many captures that gave no article


@dataclass(frozen=True, slots=True, kw_only=True)
class DayProfile:
    """A day of a source in numbers, or a batch of captures under the day in its middle."""

    source: str
    date: str
    articles: int = 0
    captures: int = 0  # articles, and captures that were rejected for what the parser made of them
    rejected: Mapping[str, int] = field(default_factory=dict)  # those rejections by reason
    # Field -> share that has it, 0 to 1, of `measured` articles and of captures `lacking` it.
    fill: Mapping[str, float] = field(default_factory=dict)
    measured: int = 0
    lacking: Mapping[str, int] = field(default_factory=dict)  # field -> captures that were rejected for want of it

    def __add__(self, other: Self) -> Self:
        """Two parts of one day together."""
        fill = {}
        for name in self.fill.keys() | other.fill.keys():
            known = [(each.fill[name], each.trials(name)) for each in (self, other) if name in each.fill]
            fill[name] = sum(share * trials for share, trials in known) / sum(trials for _, trials in known)
        return replace(
            self,
            articles=self.articles + other.articles,
            captures=self.captures + other.captures,
            rejected=Counter(self.rejected) + Counter(other.rejected),
            fill=fill,
            measured=self.measured + other.measured,
            lacking=Counter(self.lacking) + Counter(other.lacking),
        )

    def trials(self, name: str) -> int:
        """Articles, and captures that were rejected for want of this field."""
        return self.measured + self.lacking.get(name, 0)

    @property
    def reject_share(self) -> float:
        """Rejected captures among all, 0 to 1."""
        return sum(self.rejected.values()) / self.captures if self.captures else 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A number that is not as it should be."""

    source: str
    date: str
    check: Check
    severity: Severity
    field: str | None  # of the record, for `Check.FILL`
    observed: float  # a share from 0 to 1, or articles
    expected: float  # the least (of rejects: the greatest) that would have passed
    detail: str  # what exactly, and how it was judged, for a person

    @property
    def subject(self) -> tuple[str, str]:
        """What is wrong, whatever its number: check and field."""
        return self.check, self.field or ""


def judge(profile: DayProfile, history: Sequence[DayProfile], *, whole_day: bool = False) -> list[Finding]:
    """What is wrong with a day, by landed days near it (itself left out); the count only of a `whole_day`."""
    others = [day for day in history if day.date != profile.date]
    found = _judge_count(profile, others) if whole_day else []
    known = [day for day in others if day.measured]
    if len(known) < MIN_SHARE_DAYS or sum(day.measured for day in known) < MIN_HISTORY_ROWS:
        return found
    return [*found, *_judge_fill(profile, known), *_judge_rejects(profile, known)]


def needs_history(profile: DayProfile, *, whole_day: bool = False) -> bool:
    """Whether `judge` can find anything wrong: if not, the history need not be read."""
    few = any(share < DROPPED_FILL for share in profile.fill.values())
    return whole_day or few or profile.reject_share > LOW_REJECTS


def at_least(successes: int, trials: int, chance: float) -> float:
    """Probability of so many successes or more (binomial)."""
    return math.fsum(
        math.exp(
            math.lgamma(trials + 1)
            - math.lgamma(number + 1)
            - math.lgamma(trials - number + 1)
            + number * math.log(chance)
            + (trials - number) * math.log1p(-chance)
        )
        for number in range(successes, trials + 1)
    )


def _share(successes: float, trials: float) -> float:
    """A share as history shows it, never 0 or 1: Laplace's rule of succession, so that little history claims little."""
    return (successes + 1) / (trials + 2)


def _judge_count(profile: DayProfile, history: Sequence[DayProfile]) -> list[Finding]:
    observed = profile.articles

    def found(expected: float, basis: str) -> list[Finding]:
        detail, suspect = f"{observed} articles; {basis}", Severity.SUSPECT
        return [Finding(profile.source, profile.date, Check.ARTICLES, suspect, None, observed, expected, detail)]

    nearest = _nearest(profile.date, history)
    usual = _usual_count(profile, [day for day in nearest if day.articles])
    basis = f"{usual:g} are usual"
    gap = next((at for at, day in enumerate(nearest) if day.articles), 0)  # empty days just before are one gap with it
    looked_at = nearest[gap : gap + NEVER_EMPTY_DAYS]
    never_empty = len(looked_at) == NEVER_EMPTY_DAYS and all(day.articles for day in looked_at)
    if not observed and never_empty and math.exp(-usual * (gap + 1)) <= EMPTY_BY_CHANCE:
        return found(1, f"{basis}, and none of the {NEVER_EMPTY_DAYS} nearest days was empty")
    expected = SUSPECT_COUNT * usual
    return found(expected, basis) if usual >= MIN_USUAL and observed < expected else []


def _usual_count(profile: DayProfile, nearest: Sequence[DayProfile]) -> float:
    """Median of the nearest week with articles, or of the same weekday if less; 0 where too little is known."""
    week = [day.articles for day in nearest[:COUNT_DAYS]]
    if len(week) < MIN_COUNT_DAYS:
        return 0.0
    usual = median(week)
    weekday = date.fromisoformat(profile.date).weekday()
    same = [day.articles for day in nearest if date.fromisoformat(day.date).weekday() == weekday]
    return min(usual, median(same)) if len(same) >= SAME_WEEKDAYS else usual


def _nearest(day: str, history: Sequence[DayProfile]) -> list[DayProfile]:
    before = sorted((each for each in history if each.date <= day), key=lambda each: each.date, reverse=True)
    return before + sorted((each for each in history if each.date > day), key=lambda each: each.date)


def _judge_fill(profile: DayProfile, known: Sequence[DayProfile]) -> Iterator[Finding]:
    rows = sum(day.measured for day in known)
    for name, observed in profile.fill.items():
        if not all(name in day.fill for day in known):
            continue
        usual = median(day.fill[name] for day in known)
        expected, trials = DROPPED_FILL * usual, profile.trials(name)
        if usual < RELIABLE_FILL or observed >= expected:
            continue
        chance = _share(sum((1 - day.fill[name]) * day.measured for day in known), rows)
        if at_least(round((1 - observed) * trials), trials, chance) < RARE:
            severity = Severity.WARNING if name == FLAGS else Severity.SUSPECT  # the rows are good, and say what is odd
            have = "carry none" if name == FLAGS else "have it"
            detail = f"{name}: {_percent(observed)} of {trials} articles {have}; {_percent(usual)} are usual"
            yield Finding(profile.source, profile.date, Check.FILL, severity, name, observed, expected, detail)


def _judge_rejects(profile: DayProfile, known: Sequence[DayProfile]) -> Iterator[Finding]:
    observed, number = profile.reject_share, sum(profile.rejected.values())
    usual = median(day.reject_share for day in known)
    if observed <= SUSPECT_REJECTS or usual >= LOW_REJECTS:
        return
    chance = _share(sum(sum(day.rejected.values()) for day in known), sum(day.captures for day in known))
    if at_least(number, profile.captures, chance) < RARE:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(profile.rejected.items()))
        detail = f"{_percent(observed)} of {profile.captures} captures were rejected ({reasons})"
        detail += f"; {_percent(usual)} are usual"
        suspect = Severity.SUSPECT
        yield Finding(profile.source, profile.date, Check.REJECTS, suspect, None, observed, SUSPECT_REJECTS, detail)


def _percent(share: float) -> str:
    """A share for people, rounded down: 99.6 % are not 100."""
    return f"{math.floor(100 * share)} %"

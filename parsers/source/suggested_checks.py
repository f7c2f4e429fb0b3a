"""Numbers for the checks of a source, proposed from its landed days."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from parsers.source.checks import MIN_COUNT_DAYS, MIN_USUAL, RELIABLE_FILL, WATCHED, DayProfile

MIN_SAMPLE = 10  # articles of a day: shares of fewer say little
ODD = 0.05  # days that may have been bad: a number that every one of them passes would let the next bad one pass
# Between what was seen and what is proposed: a check that fails on good days is one that nobody looks at.
COUNT_SLACK = 0.5
SHARE_SLACK = 0.10
AGE_SLACK = 2  # days
STEP = 0.05  # shares are proposed in twentieths: more digits would look like knowledge


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One proposed number."""

    check: str  # name of the attribute of `Checks`
    field: str | None  # of the record, for `fill`
    proposed: float | None  # None: better left to the source's own history
    usual: float  # median of what was seen
    least: float
    most: float
    days: int  # on which it was seen
    basis: str  # in words


def suggest(history: Sequence[DayProfile]) -> list[Suggestion]:
    """Proposals for a source from its landed days, in any order; none where they are fewer than five."""
    days = sorted(history, key=lambda day: day.date)
    landed = [day for day in days if day.articles]
    if len(landed) < MIN_COUNT_DAYS:
        return []
    found = [_count(days)]
    sampled = [day for day in days if day.measured >= MIN_SAMPLE]
    if sampled:
        found += [each for name in WATCHED if (each := _fill(name, sampled))]
        found.append(_rejects(sampled))
    return [*found, _age(landed)]


def as_code(suggestions: Sequence[Suggestion]) -> str:
    """The proposals as a source file has them, ready to paste."""
    proposed = [each for each in suggestions if each.proposed is not None]
    fill = {each.field: each.proposed for each in proposed if each.field}
    values = {each.check: json.dumps(fill) if each.field else f"{each.proposed:g}" for each in proposed}
    return f"checks=Checks({', '.join(f'{name}={value}' for name, value in values.items())}),"


def _count(days: Sequence[DayProfile]) -> Suggestion:
    counts = sorted(day.articles for day in days)
    low = counts[int(ODD * len(counts))]
    proposed = math.floor(COUNT_SLACK * low) if median(counts) >= MIN_USUAL else None
    basis = "half of a low day" if proposed else f"left out: below {MIN_USUAL} a day, chance decides"
    return _suggestion("min_per_day", None, proposed or None, counts, basis)


def _fill(name: str, days: Sequence[DayProfile]) -> Suggestion | None:
    shares = sorted(day.fill[name] for day in days if name in day.fill)
    if not shares:
        return None
    low = shares[int(ODD * len(shares))]
    proposed = _twentieths(low - SHARE_SLACK, math.floor) if median(shares) >= RELIABLE_FILL else None
    basis = "10 points below a low day" if proposed else "left out: not every story has it"
    return _suggestion("fill", name, proposed or None, shares, basis)


def _rejects(days: Sequence[DayProfile]) -> Suggestion:
    shares = sorted(day.reject_share for day in days)
    high = shares[-1 - int(ODD * len(shares))]
    proposed = min(1.0, _twentieths(high + SHARE_SLACK, math.ceil))
    return _suggestion("max_reject_share", None, proposed, shares, "10 points above a high day")


def _age(days: Sequence[DayProfile]) -> Suggestion:
    dates = [date.fromisoformat(day.date) for day in days]
    gaps = sorted((after - before).days for before, after in pairwise(dates))
    return _suggestion("max_age_days", None, gaps[-1] + AGE_SLACK, gaps, "two days above the longest gap")


def _suggestion(check: str, name: str | None, proposed: float | None, seen: Sequence[float], basis: str) -> Suggestion:
    return Suggestion(check, name, proposed, median(seen), min(seen), max(seen), len(seen), basis)


def _twentieths(share: float, rounded: Callable[[float], int]) -> float:
    steps = rounded(round(share / STEP, 6))  # 0.15 / 0.05 is 2.9999999999999996
    return max(0.0, round(steps * STEP, 2))

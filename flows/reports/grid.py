"""The lake as a calendar: a block a month, a line a source, a sign a day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

from rich.text import Text

from flows.reports.text import counted
from infra.lake.day_states import Day, State
from parsers.record.article import NULL_PARTITION


class Look(NamedTuple):
    """How a state is shown; its sign says the same without colours."""

    sign: str
    style: str
    meaning: str


LOOKS: Final = {
    State.LANDED: Look("■", "green", "landed"),
    State.EMPTY: Look("□", "green", "nothing published"),
    State.REJECTS: Look("▲", "yellow", "pages rejected"),
    State.OUTDATED: Look("◇", "cyan", "older parser"),
    State.SUSPECT: Look("▣", "red", "suspect"),
    State.UNLISTED: Look("▤", "green", "articles, but no list read"),
    State.PARTIAL: Look("◐", "magenta", "partial"),
    State.DAMAGED: Look("✗", "red", "damaged"),
    State.MISSING: Look("·", "dim", "missing"),
}
LONGEST_MONTH = 31
RULER: Final = "1   " + "".join(f"{day:<5}" for day in range(5, LONGEST_MONTH, 5))  # each number begins at its day


def calendar(days: Sequence[Day]) -> Iterator[Text]:
    """The lines of the calendar for days sorted by source and date, and a legend of the signs that occur."""
    months: defaultdict[str, defaultdict[str, list[Day]]] = defaultdict(lambda: defaultdict(list))
    for day in days:
        months[day.date[:7] if day.date != NULL_PARTITION else NULL_PARTITION][day.source].append(day)
    width = max((len(day.source) for day in days), default=0)
    undated = months.pop(NULL_PARTITION, defaultdict(list))
    for known, run in groupby(sorted(months), lambda month: any(map(_worth_a_line, months[month].values()))):
        if not known:
            gap = list(run)
            told = f" … {gap[-1]}  nothing in {len(gap)} months" if gap[1:] else "  nothing"
            yield Text(gap[0] + told, style="dim")
            continue
        for month in run:
            yield Text(f"{month:<{width}}  {RULER:<{LONGEST_MONTH}.{LONGEST_MONTH}}  articles", style="dim")
            shown = ((source, listed) for source, listed in months[month].items() if _worth_a_line(listed))
            yield from (_line(source, listed, width) for source, listed in shown)
    for source, listed in undated.items():
        yield Text(f"{source:<{width}}  {sum(day.articles for day in listed):,} articles without a date")
    yield _legend(days)


def summary(days: Sequence[Day]) -> str:
    """One line, states by their words in --json: `345 articles of 2 sources, 13 days: 12 landed, 1 partial`."""
    known = [day for day in days if day.state is not State.MISSING]
    counts = Counter(day.state for day in known if day.date != NULL_PARTITION)
    states = ", ".join(f"{counts[state]:,} {state.value}" for state in LOOKS if counts[state])
    articles, sources = sum(day.articles for day in known), len({day.source for day in known})
    told = f"{counted(articles, 'article')} of {counted(sources, 'source')}, {counted(counts.total(), 'day')}"
    return f"{told}: {states}" if states else told


def _worth_a_line(days: Iterable[Day]) -> bool:
    return any(day.state is not State.MISSING for day in days)


def _line(source: str, days: Iterable[Day], width: int) -> Text:
    cells = {date.fromisoformat(day.date).day: day for day in days}
    line = Text(f"{source:<{width}}  ")
    for number in range(1, LONGEST_MONTH + 1):
        day = cells.get(number)
        line.append(*(LOOKS[day.state][:2] if day else (" ", "")))
    return line.append(f"  {sum(day.articles for day in cells.values()):>8,}", "bold")


def _legend(days: Iterable[Day]) -> Text:
    legend = Text()
    states = {day.state for day in days}
    for state, look in LOOKS.items():
        if state in states:
            legend.append("  " if legend else "").append(look.sign, look.style).append(f" {look.meaning}", "dim")
    return legend

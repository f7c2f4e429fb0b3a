"""What Prefect's UI shows of a run: Markdown with pictures, and a table of days. Nothing here imports Prefect."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from flows.reports.charts import articles_png, grid_png, markdown_image
from flows.reports.grid import MEANINGS, SIGNS
from flows.reports.next_steps import Step, form_link
from flows.reports.record_text import cell
from flows.reports.report import summary_rows
from infra.base.days import Days
from infra.lake.day_states import Day
from infra.work.run_report import RunReport
from parsers.record.outcome import RejectReason

SHOWN_DAYS: Final = 31  # of the pictures, at least: what is around a short range says whether it is all there
PICTURED_DAYS: Final = 92  # of the pictures, at most, the latest
LONGEST_DETAIL: Final = 160  # characters of what is wrong with a sample
DAYS_MEAN: Final = (
    "state and articles: of the lake, after this run; all else: what this run did with the pages of that day. "
    "rejected gave no article, failed could not be fetched, withheld was left as it was by a reparse"
)
MEANING: Final = {reason.value: reason.meaning for reason in RejectReason}


def pictured(days: Days) -> Days:
    """The days that a run's pictures show: the latest of a long range, and what lies before a short one."""
    length = min(PICTURED_DAYS, max(SHOWN_DAYS, (days.end - days.start).days))
    return Days(days.end - timedelta(days=length), days.end)


def day_rows(report: RunReport, grid: Iterable[Day], days: Days | None) -> list[dict[str, object]]:
    """The table of sources and days: the latest days first. Its columns are explained by `DAYS_MEAN`.

    Args:
        report: what the run did.
        grid: from `DayStates.grid`, after the run.
        days: publication days that were asked for; None: only those of which the report says anything.
    """
    counts: dict[str, Mapping[tuple[str, str], int]] = {
        "rejected": report.turned_down,
        "failed": report.missed,
        "withheld": report.withheld,
        "fetched": report.fetched,
        "parsed": report.articles,
    }
    touched = {place for each in counts.values() for place in each}
    rows = [
        {
            "source": day.source,
            "day": day.date,
            "state": f"{SIGNS[day.state][0]} {MEANINGS[day.state]}",
            "articles": day.articles,
        }
        | {name: each.get((day.source, day.date), 0) for name, each in counts.items()}
        for day in grid
        if (day.source, day.date) in touched or (days and _within(day.date, days))
    ]
    rows.sort(key=lambda row: str(row["source"]))
    return sorted(rows, key=lambda row: str(row["day"]), reverse=True)


def run_page(
    report: RunReport,
    grid: Sequence[Day],
    *,
    place: str,
    gate: str,
    steps: Sequence[Step],
    forms: Mapping[str, str],
) -> str:
    """The page of a run.

    Args:
        report: what the run did.
        grid: days to draw, from `DayStates.grid`.
        place: where and by which run, for people.
        gate: what the quality gate found, as Markdown; empty: nothing.
        steps: what may be done next.
        forms: ids of deployments by name of their flow.
    """
    trouble = [gate, *_alarms(report.alarms), *_samples(report)]
    sections = [place, *_pictures(report, grid), *trouble, _what_next(steps, forms), *_counts(report)]
    return "\n\n".join(filter(None, sections))


def _within(day: str, days: Days) -> bool:
    return f"{days.start}" <= day < f"{days.end}"


def _pictures(report: RunReport, grid: Sequence[Day]) -> Iterator[str]:
    states = Counter(MEANINGS[day.state] for day in grid)
    told = ", ".join(f"{count} {meaning}" for meaning, count in states.most_common())
    yield markdown_image(grid_png(grid), f"Grid of sources and days: {told}")
    articles = Counter[str]()
    for day in grid:
        articles[day.source] += day.articles
    told = ", ".join(f"{name} {count}" for name, count in sorted(articles.items()))
    yield markdown_image(articles_png(grid, report.turned_down), f"Articles per day, in all: {told}")


def _alarms(alarms: Sequence[str]) -> Iterator[str]:
    if alarms:
        yield "## Look at this"
        yield "\n".join(f"- {cell(alarm)}" for alarm in alarms)


def _counts(report: RunReport) -> Iterator[str]:
    yield "## Counts"
    lines = ["| | |", "|:--|--:|"]
    yield "\n".join([*lines, *(f"| {_indented(label)} | {count} |" for label, count in summary_rows(report))])


def _indented(label: str) -> str:
    return f"&nbsp;&nbsp;&nbsp;{label.strip()}" if label.startswith(" ") else label


def _samples(report: RunReport) -> Iterator[str]:
    """Reasons of rejection and of failure, each with a few pages."""
    counts = report.rejected + report.failed
    if not report.samples.by_reason:
        return
    yield "## What gave no article"
    for reason, samples in sorted(report.samples.by_reason.items(), key=lambda each: (-counts[each[0]], each[0])):
        meaning = f": {MEANING[reason]}" if reason in MEANING else ": not fetched"
        yield f"**{reason}**, {counts[reason]:,} pages{meaning}. For example:"
        # No table: Prefect's page lets one with long addresses run over what stands beside it.
        yield "\n".join(
            f"- {sample.source}: {cell(sample.url or 'no address')} ({cell(sample.detail, LONGEST_DETAIL)})"
            for sample in samples
        )


def _what_next(steps: Sequence[Step], forms: Mapping[str, str]) -> str:
    lines = ["## What next", "", "| | in a terminal | here |", "|:--|:--|:--|"]
    for step in steps:
        form = forms.get(step.flow)
        link = f"[{step.flow} form, filled in]({form_link(form, step.parameters)})" if form else ""
        lines.append(f"| {step.why} | `{step.command}` | {link} |")
    return "\n".join(lines)

"""What Prefect's UI shows of a run: Markdown with pictures, and a table of days."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from flows.reports.account_text import lacking_lines
from flows.reports.charts import articles_png, grid_png, markdown_image
from flows.reports.grid import LOOKS
from flows.reports.next_steps import Step, form_link, touched_days
from flows.reports.record_text import cell
from flows.reports.report import summary_rows
from infra.base.days import Days, is_within
from infra.lake.day_states import Day
from infra.work.run_report import RunReport
from parsers.record.outcome import RejectReason

LEAST_PICTURED: Final = 31  # days: those before a short range show what is usual
MOST_PICTURED: Final = 92  # days, the latest
LONGEST_DETAIL: Final = 160  # characters of what is wrong with a sample
DAYS_MEAN: Final = (
    "state, articles, addresses listed and pending: in the lake, after this run; the rest: what this run did with the "
    "pages of that day. rejected: gave no article; failed: could not be fetched; withheld: left as it was by a reparse"
)
MEANING: Final = {reason.value: reason.meaning for reason in RejectReason}


def pictured(days: Days) -> Days:
    """The days that the pictures show: the latest of a long range, and those before a short one."""
    length = min(MOST_PICTURED, max(LEAST_PICTURED, (days.end - days.start).days))
    return Days(days.end - timedelta(days=length), days.end)


def day_rows(report: RunReport, grid: Iterable[Day], days: Days | None) -> list[dict[str, object]]:
    """The table of sources and days, the latest first; without `days`, only those that the report mentions."""
    counts: dict[str, Mapping[tuple[str, str], int]] = {
        "rejected": report.turned_down,
        "failed": report.missed,
        "withheld": report.withheld,
        "fetched": report.fetched,
        "parsed": report.articles,
    }
    touched = touched_days(report)
    rows = [
        {
            "source": day.source,
            "day": day.date,
            "state": f"{LOOKS[day.state].sign} {LOOKS[day.state].meaning}",
            "articles": day.articles,
            "listed": day.account.listed if day.account else 0,
            "pending": day.account.pending if day.account else 0,
        }
        | {name: each.get((day.source, day.date), 0) for name, each in counts.items()}
        for day in grid
        if (day.source, day.date) in touched or (days and is_within(day.date, days.start, days.end))
    ]
    rows.sort(key=lambda row: str(row["source"]))
    return sorted(rows, key=lambda row: str(row["day"]), reverse=True)  # stable: sources stay sorted within a day


def run_page(
    report: RunReport, grid: Sequence[Day], *, place: str, gate: str, steps: Sequence[Step], forms: Mapping[str, str]
) -> str:
    """The page of a run; `place` and `gate` are Markdown, `forms` the ids of deployments by flow."""
    trouble = [gate, _alarms((*report.alarms, *lacking_lines(report))), *_samples(report)]
    sections = [place, *_pictures(report, grid), *trouble, _what_next(steps, forms), _counts(report)]
    return "\n\n".join(filter(None, sections))


def _pictures(report: RunReport, grid: Sequence[Day]) -> Iterator[str]:
    states = Counter(LOOKS[day.state].meaning for day in grid)
    told = ", ".join(f"{count} {meaning}" for meaning, count in states.most_common())
    yield markdown_image(grid_png(grid), f"Grid of sources and days: {told}")
    total = sum(day.articles for day in grid)
    yield markdown_image(articles_png(grid, report.turned_down), f"Articles per day, {total} in all")


def _alarms(alarms: Sequence[str]) -> str:
    return "\n".join(["## Look at this", "", *(f"- {cell(alarm)}" for alarm in alarms)]) if alarms else ""


def _counts(report: RunReport) -> str:
    rows = ((label.replace("  ", "&nbsp;&nbsp;&nbsp;"), count) for label, count in summary_rows(report))
    return "\n".join(["## Counts", "", "| | |", "|:--|--:|", *(f"| {label} | {count} |" for label, count in rows)])


def _samples(report: RunReport) -> Iterator[str]:
    """Reasons why pages gave no article, each with a few of them."""
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

"""What Prefect's UI shows of a run: Markdown with the calendar, what to look at, samples and counts."""

from collections.abc import Iterator, Sequence
from typing import Final

from flows.reports.account_text import look_at, suspect_lines
from flows.reports.grid import calendar
from flows.reports.record_text import cell
from flows.reports.report import summary_rows
from flows.reports.tables import counted
from infra.lake.day_states import Day
from infra.work.run import Run, RunReport
from parsers.record.outcome import RejectReason

LONGEST_DETAIL: Final = 160  # characters of what is wrong with a sample
MEANING: Final = {reason.value: reason.meaning for reason in RejectReason}


def run_page(report: RunReport, grid: Sequence[Day], run: Run) -> str:
    """The page of a run; `grid` has the days to show."""
    sections = [f"Run `{run.run_id}` on lake `{run.settings.lake}`"]
    if grid:
        sections.append("\n".join(["```", *(line.plain.rstrip() for line in calendar(grid)), "```"]))
    if lines := [*look_at(report, run.settings.quarantine_limit), *suspect_lines(grid)]:
        sections.append("\n".join(["## Look at this", "", *(f"- {cell(line)}" for line in lines)]))
    rows = ((label.replace("  ", "&nbsp;&nbsp;&nbsp;"), f"{count:,}") for label, count in summary_rows(report))
    counts = ["## Counts", "", "| | |", "|:--|--:|", *(f"| {label} | {count} |" for label, count in rows)]
    return "\n\n".join([*sections, *_samples(report), "\n".join(counts)])


def _samples(report: RunReport) -> Iterator[str]:
    counts = report.rejected + report.failed
    if not report.samples.by_reason:
        return
    yield "## What gave no article"
    for reason, samples in sorted(report.samples.by_reason.items(), key=lambda each: (-counts[each[0]], each[0])):
        meaning = f": {MEANING[reason]}" if reason in MEANING else ": not fetched"
        yield f"**{reason}**, {counted(counts[reason], 'page')}{meaning}. For example:"
        # No table: Prefect's page lets one with long addresses run over what stands beside it.
        yield "\n".join(
            f"- {sample.source}: {cell(sample.url or 'no address')} ({cell(sample.detail, LONGEST_DETAIL)})"
            for sample in samples
        )

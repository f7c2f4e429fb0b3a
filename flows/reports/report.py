"""What a run did, and what a backfill would do, drawn for people."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from flows.reports.record_text import shown
from infra.work.backfill.plan import Action, PlannedDay, totals
from infra.work.run_report import RunReport


def summary_rows(report: RunReport) -> Iterator[tuple[str, str]]:
    """The summary, line by line: label and count; reasons of rejection in falling order."""
    if report.discovered:
        yield "links found", f"{report.discovered:,}"
    for why, count in report.dropped.most_common():
        yield f"  left out: {why}", f"{count:,}"
    if report.requests:
        yield "requests", f"{report.requests:,}"
    yield "captures", f"{report.captures:,}"
    if report.known:
        yield "  archived before", f"{report.known:,}"
    yield "parsed", f"{report.parsed:,}"
    yield "rejected", f"{report.rejected_total:,}"
    for reason, count in report.rejected.most_common():
        yield f"  {reason}", f"{count:,}"
    for reason, count in report.failed.most_common():
        yield f"not fetched: {reason}", f"{count:,}"
    for kind, count in report.skipped.most_common():
        yield f"skipped: {kind}", f"{count:,}"
    yield "partitions written", f"{report.partitions_written:,}"
    yield "partitions unchanged", f"{report.partitions_unchanged:,}"


def summary_table(report: RunReport) -> Table:
    """The summary for a terminal."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right", style="bold")
    for label, count in summary_rows(report):
        table.add_row(label, count, style="yellow" if label == "rejected" and report.rejected_total else None)
    return table


def plan_rows(planned: Sequence[PlannedDay]) -> list[dict[str, object]]:
    """A backfill's plan as rows of a table, in the order of the work; days that are as asked for are left out."""
    return [
        {
            "source": each.source,
            "day": each.day.isoformat(),
            "state": each.state.value,
            "action": each.action.value,
            "requests": "unknown" if each.requests is None else each.requests,
        }
        for each in planned
        if each.action is not Action.NOTHING
    ]


def plan_summary(planned: Sequence[PlannedDay]) -> str:
    """One line: days by action, and about how many requests."""
    counts = totals(planned)
    unknown = sum(each.requests is None for each in planned)
    return (
        f"{len(planned):,} days: {counts['fetch']:,} to fetch, {counts['parse']:,} to parse from the archive, "
        f"{counts['nothing']:,} as they should be; about {counts['requests']:,} requests"
        + (f" and those of {unknown:,} days of which nobody knows how much was published" if unknown else "")
    )


def query_table(answer: Any, longest: int = 60) -> Table:
    """A query's answer for a terminal.

    Args:
        answer: a `pyarrow.Table`.
        longest: characters of a value that are shown.
    """
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in answer.schema:
        numeric = str(column.type).startswith(("int", "uint", "float", "double", "decimal"))
        table.add_column(column.name, justify="right" if numeric else "left", overflow="fold")
    for row in answer.to_pylist():
        # Text, not markup, and no control characters: what stands in the lake must not style or break a terminal.
        table.add_row(*(Text(shown("" if value is None else str(value), longest)) for value in row.values()))
    return table

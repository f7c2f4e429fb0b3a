"""What a run did, and what a backfill or a repair would do, as rows and tables for people."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from flows.reports.record_text import shown
from flows.reports.tables import table
from infra.upkeep.repair import Repairs
from infra.work.backfill.plan import Action, PlannedDay, totals
from infra.work.run_report import RunReport


def summary_rows(report: RunReport) -> Iterator[tuple[str, str]]:
    """Label and count of each line; reasons of rejection in falling order."""
    rows = [
        ("links found", report.discovered or None),
        *((f"  left out: {why}", count) for why, count in report.dropped.most_common()),
        ("requests", report.requests or None),
        ("captures", report.captures),
        ("  archived before", report.known or None),
        ("parsed", report.parsed),
        ("rejected", report.rejected.total()),
        *((f"  {reason}", count) for reason, count in report.rejected.most_common()),
        *((f"not fetched: {reason}", count) for reason, count in report.failed.most_common()),
        *((f"skipped: {kind}", count) for kind, count in report.skipped.most_common()),
        ("partitions written", report.partitions_written),
        ("partitions unchanged", report.partitions_unchanged),
    ]
    return ((label, f"{count:,}") for label, count in rows if count is not None)


def summary_table(report: RunReport) -> Table:
    """The summary for a terminal."""
    rows = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows.add_column()
    rows.add_column(justify="right", style="bold")
    for label, count in summary_rows(report):
        rows.add_row(label, count, style="yellow" if label == "rejected" and report.rejected.total() else None)
    return rows


def plan_rows(planned: Sequence[PlannedDay]) -> list[dict[str, object]]:
    """A backfill's plan in the order of the work, without days that need nothing."""
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
        f"{len(planned):,} {'day' if len(planned) == 1 else 'days'}: "
        f"{counts['fetch']:,} to fetch, {counts['parse']:,} to parse from the archive, "
        f"{counts['nothing']:,} complete; about {counts['requests']:,} requests"
        + (f", not counting {unknown:,} days whose number of articles is unknown" if unknown else "")
    )


def repair_rows(repairs: Repairs) -> list[dict[str, str]]:
    """A row for old partitions, each day to repair, and each gap that is left; one if all is well."""
    rows = [("all", "", "old", f"write {len(repairs.old)} partitions anew")] if repairs.old else []
    rows += [(each.source, each.day.isoformat(), each.state.value, "repair") for each in repairs.planned]
    rows += [(gap.source, gap.days.described(), "missing", f"left: {gap.remedy}") for gap in repairs.gaps]
    columns = ("source", "days", "state", "action")
    return [dict(zip(columns, row, strict=True)) for row in rows or [("all", "", "complete", "nothing")]]


def query_table(answer: Any, longest: int) -> Table:
    """A query's answer (a `pyarrow.Table`) for a terminal, each value cut to `longest` characters."""
    kinds = ("int", "uint", "float", "double", "decimal")
    numbers = [column.name for column in answer.schema if str(column.type).startswith(kinds)]
    rows = table(*answer.column_names, numbers=numbers)
    for row in answer.to_pylist():
        # Text, not markup, and no control characters: what the lake holds must not style or break a terminal.
        rows.add_row(*(Text(shown("" if value is None else str(value), longest)) for value in row.values()))
    return rows

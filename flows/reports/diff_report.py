"""What a reparse would change, for people: tables for a terminal, Markdown for Prefect."""

from collections.abc import Iterator
from os.path import commonprefix

from rich.table import Table
from rich.text import Text

from flows.reports.text import counts_table, headless, lines_of, shown
from infra.work.reparse.comparison import Comparison, FieldChange, Kind, Sample

SHOWN_SAMPLES = 12  # a screen or two
SHOWN_VALUE = 160  # characters of a value in a terminal
CONTEXT = 60  # characters before the first difference that a cut value begins with


def summary_rows(found: Comparison) -> Iterator[tuple[str, int]]:
    """What would change, line by line: label and count."""
    yield "rows added", found.rows[Kind.ADDED]
    yield "rows removed", found.rows[Kind.REMOVED]
    yield "rows moved to another day", found.rows[Kind.MOVED]
    yield "rows changed", found.rows[Kind.CHANGED]
    yield "rows that only get a new version or capture", found.restamped
    for reason, count in found.rejects_opened.most_common():
        yield f"rejected from now on: {reason}", count
    for reason, count in found.rejects_closed.most_common():
        yield f"no longer rejected: {reason}", count
    if found.rejects_changed:
        yield "rejected otherwise", found.rejects_changed
    yield "partitions to write", found.partitions
    if found.withheld:
        yield "rows that stay as they are: they would go or become worse", found.withheld.total()


def diff_tables(found: Comparison) -> Iterator[Table | Text]:
    """The comparison for a terminal: counts, fields, samples side by side."""
    for line in found.alarms:
        yield Text(shown(line), "red")
    if found.is_empty:
        yield Text("Nothing would change.", "green")
        return
    yield counts_table(summary_rows(found))
    for detail in sorted({finding.detail for finding in found.findings}):
        yield Text(shown(detail), "red")
    if found.fields:
        yield Text("\nFields that change", "bold")
        yield counts_table(found.fields.most_common())
    for kind in Kind:
        samples = [sample for sample in found.samples if sample.kind is kind]
        if samples:
            yield Text(f"\nRows {kind.value}, {min(len(samples), SHOWN_SAMPLES)} of {found.rows[kind]:,}", "bold")
            for sample in samples[:SHOWN_SAMPLES]:
                moved = f"{sample.before} → {sample.after}" if kind is Kind.MOVED else sample.after or sample.before
                named = f"{sample.title or '(no headline)'}  {sample.url or sample.article_id}"
                yield Text(shown(f"{sample.source} {moved}  {named}"), "cyan")
                if sample.changes or sample.reason:
                    yield _side_by_side(sample)


def diff_markdown(found: Comparison, lake: str, run_id: str) -> str:
    """The counts for an artifact in Prefect's UI."""
    lines = [f"Dry run `{run_id}` on lake `{lake}`: nothing was landed.", "", "| | |", "|:--|--:|"]
    lines += [f"| {label} | {count:,} |" for label, count in summary_rows(found)]
    if found.fields:
        lines += ["", "| field that changes | rows |", "|:--|--:|"]
        lines += [f"| {name} | {count:,} |" for name, count in found.fields.most_common()]
    return "\n".join(lines)


def _side_by_side(sample: Sample) -> Table:
    side = {"overflow": "fold", "ratio": 1}
    table = headless({"style": "dim", "no_wrap": True}, side, side)
    for change in sample.changes:
        before, after = _cut(change)
        table.add_row(f"  {change.field}", Text(before or "(nothing)", "red"), Text(after or "(nothing)", "green"))
    if sample.reason:
        table.add_row("  now", Text(shown(sample.reason), "red"), "")
    return table


def _cut(change: FieldChange) -> tuple[str, str]:
    """Both values, from shortly before their first difference if they are long."""
    before, after = ("\n".join(lines_of(change.field, value)) for value in (change.before, change.after))
    same = len(commonprefix([before, after]))  # noqa: RUF071 - of any texts, not of paths
    start = max(0, same - CONTEXT) if max(len(before), len(after)) > SHOWN_VALUE else 0
    return tuple(  # type: ignore[return-value] # two in, two out
        ("…" if start else "") + text[start : start + SHOWN_VALUE] + ("…" if len(text) > start + SHOWN_VALUE else "")
        for text in (before, after)
    )

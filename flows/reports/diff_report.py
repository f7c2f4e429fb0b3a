"""What a reparse would change, drawn for people: terminal tables, Markdown for Prefect, and one HTML page."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from html import escape

from rich.table import Table
from rich.text import Text

from flows.reports.record_text import lines_of, shown
from infra.work.reparse.comparison import Comparison, FieldChange, Kind, Sample

SHOWN_SAMPLES = 12  # in a terminal: a screen or two; the page has all that were taken
SHOWN_VALUE = 160  # characters of a value in a terminal
PAGE_VALUE = 4000  # characters of a value in the page: a long article has 6,000, and its first change shows the kind
CONTEXT = 60  # characters before the first difference that a cut value begins with

# Whatever a page of a publisher managed to smuggle in: no script runs and nothing is loaded.
POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
STYLE = """
:root { color-scheme: light dark; --line: #8884; --del: #e5534b33; --ins: #2da44e33; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; } td, th { border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0;
text-align: left; vertical-align: top; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
article { border: 1px solid var(--line); border-radius: 6px; padding: .2rem 1rem .8rem; margin: 1rem 0; }
article table { width: 100%; table-layout: fixed; } article th:first-child { width: 9rem; }
article td { overflow-wrap: anywhere; white-space: pre-wrap; }
small { opacity: .7; overflow-wrap: anywhere; } del { background: var(--del); text-decoration: none; }
ins { background: var(--ins); text-decoration: none; }
"""


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
    if found.is_empty:
        yield Text("Nothing would change.", "green")
        return
    yield _counts(summary_rows(found))
    for detail in sorted({finding.detail for finding in found.findings}):
        yield Text(shown(detail), "red")
    if found.fields:
        yield Text("\nFields that change", "bold")
        yield _counts(found.fields.most_common())
    for kind in Kind:
        samples = [sample for sample in found.samples if sample.kind is kind]
        if samples:
            yield Text(f"\nRows {kind.value}, {min(len(samples), SHOWN_SAMPLES)} of {found.rows[kind]:,}", "bold")
            for sample in samples[:SHOWN_SAMPLES]:
                yield Text(shown(_heading(sample)), "cyan")
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


def diff_page(found: Comparison, lake: str, run_id: str) -> str:
    """The comparison as one HTML page that loads nothing and runs nothing; every value is escaped.

    Args:
        found: the comparison.
        lake: address of the lake.
        run_id: of the dry run.
    """
    title = f"What a reparse of {lake} would change"
    sections = [f"<h1>{escape(title)}</h1><p><small>dry run {escape(run_id)}; nothing was landed</small></p>"]
    sections.append(_page_counts(summary_rows(found)))
    if found.fields:
        sections += ["<h2>Fields that change</h2>", _page_counts(found.fields.most_common())]
    for kind in Kind:
        samples = [sample for sample in found.samples if sample.kind is kind]
        if samples:
            sections.append(f"<h2>Rows {kind.value}: {len(samples)} of {found.rows[kind]:,}</h2>")
            sections += map(_page_sample, samples)
    body = "\n".join(sections)
    head = f'<meta charset="utf-8">{POLICY}<meta name="viewport" content="width=device-width">'
    head += f"<title>{escape(title)}</title><style>{STYLE}</style>"
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _counts(rows: Iterable[tuple[str, int]]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right", style="bold")
    for label, count in rows:
        table.add_row(label, f"{count:,}", style=None if count else "dim")
    return table


def _heading(sample: Sample) -> str:
    days = f"{sample.before} → {sample.after}" if sample.kind is Kind.MOVED else sample.after or sample.before
    return f"{sample.source} {days}  {sample.title or '(no headline)'}  {sample.url or sample.article_id}"


def _side_by_side(sample: Sample) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    table.add_column(overflow="fold", ratio=1)
    for change in sample.changes:
        before, after = _cut(change, SHOWN_VALUE)
        table.add_row(f"  {change.field}", Text(before or "(nothing)", "red"), Text(after or "(nothing)", "green"))
    if sample.reason:
        table.add_row("  now", Text(shown(sample.reason), "red"), "")
    return table


def _cut(change: FieldChange, longest: int) -> tuple[str, str]:
    """Both values, from shortly before their first difference if they are long."""
    before, after = ("\n".join(lines_of(change.field, value)) for value in (change.before, change.after))
    shortest = min(len(before), len(after))
    first = next((at for at in range(shortest) if before[at] != after[at]), shortest)
    start = max(0, first - CONTEXT) if max(len(before), len(after)) > longest else 0
    return tuple(  # type: ignore[return-value] # two in, two out
        ("…" if start else "") + text[start : start + longest] + ("…" if len(text) > start + longest else "")
        for text in (before, after)
    )


def _page_counts(rows: Iterable[tuple[str, int]]) -> str:
    lines = (f'<tr><td>{escape(label)}</td><td class="n">{count:,}</td></tr>' for label, count in rows)
    return f"<table>{''.join(lines)}</table>"


def _page_sample(sample: Sample) -> str:
    days = f"{sample.before} → {sample.after}" if sample.kind is Kind.MOVED else sample.after or sample.before
    place = f"{sample.source} · {days} · {sample.url or 'no address'} · {sample.article_id}"
    lines = [f"<h3>{escape(sample.title or '(no headline)')}</h3><p><small>{escape(place)}</small></p>"]
    if sample.reason:
        lines.append(f"<p>now rejected: {escape(sample.reason)}</p>")
    if sample.changes:
        rows = "".join(map(_page_change, sample.changes))
        lines.append(f"<table><tr><th>field</th><th>before</th><th>after</th></tr>{rows}</table>")
    return f"<article>{''.join(lines)}</article>"


def _page_change(change: FieldChange) -> str:
    before, after = _cut(change, PAGE_VALUE)
    old, new = before.split(" "), after.split(" ")
    sides: tuple[list[str], list[str]] = ([], [])
    # By word, and at most PAGE_VALUE characters: the matcher's time grows with the square of their number.
    for kind, start, stop, other, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, words, mark in ((sides[0], old[start:stop], "del"), (sides[1], new[other:end], "ins")):
            if words:
                text = escape(" ".join(words))
                side.append(text if kind == "equal" else f"<{mark}>{text}</{mark}>")
    cells = "".join(f"<td>{' '.join(side)}</td>" for side in sides)
    return f"<tr><th>{escape(change.field)}</th>{cells}</tr>"

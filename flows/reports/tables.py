"""Tables for a terminal: no frame, long values folded."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table


def counted(count: int, noun: str) -> str:
    """`1 day`, `2,000 days`."""
    return f"{count:,} {noun if count == 1 else f'{noun}s'}"


def table(*columns: str, numbers: Collection[str] = ()) -> Table:
    """An empty table with bold headings; the columns in `numbers` are right-aligned."""
    made = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    return made


def table_of(rows: Sequence[Mapping[str, object]]) -> Table:
    """A table of rows that have the same columns."""
    first = rows[0] if rows else {}
    made = table(*first, numbers=[column for column, value in first.items() if isinstance(value, int)])
    made.padding = (0, 1, 0, 0)  # ten columns of an account fit 80 characters
    for column, name in zip(made.columns, first, strict=True):
        column.no_wrap = all(len(str(row[name])) <= len("YYYY-MM-DD") for row in rows)
    for row in rows:
        made.add_row(*map(str, row.values()))
    return made


def headless(*columns: Mapping[str, Any]) -> Table:
    """An empty table without headings; of each column how it looks, in the words of `Table.add_column`."""
    made = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for options in columns:
        made.add_column(**options)
    return made


def counts_table(rows: Iterable[tuple[str, int]]) -> Table:
    """A label and a count a line; lines without any are dim."""
    made = headless({}, {"justify": "right", "style": "bold"})
    for label, count in rows:
        made.add_row(label, f"{count:,}", style=None if count else "dim")
    return made

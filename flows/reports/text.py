"""What all reports write with: tables for a terminal, and values as lines without control characters or markup."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from rich.table import Table

from infra.base.errors import UNSAFE


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


LONGEST_ORIGIN: Final = 40  # columns of the terminal: the values need the rest
ESCAPED: Final = str.maketrans({"\\": "\\\\", "&": "&amp;", "<": "&lt;", "|": "\\|", "`": "'", "[": "\\[", "*": "\\*"})
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # rich leaves ESC, which steers terminals


def lines_of(name: str, value: Any) -> list[str]:
    """The lines of a field: one a block, image (dicts here) or other value; none for `text`, which `body` says."""
    if value is None or value in ((), []) or name == "text":
        return []
    if name == "body":
        lines = [f"{block['type']}: {block['text']}" for block in value]
    elif name == "images":
        lines = [" · ".join(filter(None, (image["url"], image["caption"], image["credit"]))) for image in value]
    elif isinstance(value, list | tuple):
        lines = ["; ".join(map(str, value))]
    else:
        lines = [str(value)]
    return [shown(line) for line in lines]


def shown(text: str, longest: int | None = None) -> str:
    """Text on one line, without control characters, cut to `longest` characters."""
    line = CONTROLS.sub("", " ".join(text.split()))
    return line if longest is None or len(line) <= longest else line[: longest - 1] + "…"


def cell(text: str, longest: int | None = None) -> str:
    """Escape text for a cell of a Markdown table."""
    return shown(text, longest).translate(ESCAPED)


def json_line(value: Any, option: int = orjson.OPT_UTC_Z) -> str:
    """JSON on a line; what would steer a terminal stands in it as an escape, which means the same."""
    line = orjson.dumps(value, default=str, option=option | orjson.OPT_APPEND_NEWLINE).decode()
    return UNSAFE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", line)

"""The answer of a query (a `pyarrow.Table`) for a terminal, a spreadsheet or a program."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from flows.reports.record_text import json_line, shown
from flows.reports.tables import headless, table

SHOWN_CELL: Final = 120  # characters of a value in a table; records, --json and --csv show more
SHOWN_VALUE: Final = 600  # of a value in a record
LEAST_COLUMN: Final = 12  # columns of the terminal below which values can't be read
NUMBERS: Final = ("int", "uint", "float", "double", "decimal")
# They steer terminals, and mean nothing in CSV.
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Spreadsheets run what begins so, the wide signs too; an apostrophe before it makes it text (OWASP, CSV injection).
FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def as_shown(answer: Any, width: int) -> Iterator[RenderableType]:
    """A table; or, of rows too wide for one, a record each: a line a column, without those that are empty."""
    columns = [[("" if value is None else str(value)) for value in column.to_pylist()] for column in answer.columns]
    least = (
        min(LEAST_COLUMN, max(map(len, (name, *values))))
        for name, values in zip(answer.column_names, columns, strict=True)
    )
    if sum(each + 2 for each in least) <= width:
        numbers = [column.name for column in answer.schema if str(column.type).startswith(NUMBERS)]
        rows = table(*answer.column_names, numbers=numbers)
        for row in zip(*columns, strict=True):
            # Text, not markup, and no control characters: what the lake holds must not style or break a terminal.
            rows.add_row(*(Text(shown(value, SHOWN_CELL)) for value in row))
        yield rows
        return
    for number, row in enumerate(zip(*columns, strict=True), start=1):
        yield Text(f"── row {number} " + "─" * 20, "dim")
        record = headless({"style": "bold", "no_wrap": True}, {"overflow": "fold"})
        for name, value in zip(answer.column_names, row, strict=True):
            if value not in ("", "[]"):
                record.add_row(name, Text(shown(value, SHOWN_VALUE)))
        yield record


def as_json_lines(answer: Any) -> str:
    """One JSON object a row."""
    return "".join(map(json_line, answer.to_pylist()))


def as_csv(answer: Any) -> str:
    """CSV for spreadsheets: lists and structs as JSON, and an apostrophe before text that would run as a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.column_names)
    writer.writerows([_plain(value) for value in row.values()] for row in answer.to_pylist())
    return text.getvalue()


def as_parquet(answer: Any) -> bytes:
    """A Parquet file."""
    import pyarrow.parquet as pq

    pq.write_table(answer, sink := io.BytesIO(), compression="zstd")
    return sink.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json_line(value).rstrip("\n")
    if not isinstance(value, str):
        return value
    text = CONTROLS.sub("", value)
    return f"'{text}" if text.startswith(FORMULA) else text

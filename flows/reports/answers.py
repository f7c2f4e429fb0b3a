"""What `query` and `export` write: rows for a terminal, a spreadsheet or a program, and articles as text."""

import csv
import io
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from flows.reports.text import headless, json_line, shown, table

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


MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>|&])")  # signs that mean something in it wherever they stand
LINE_START: Final = re.compile(r"^(\s*\d*)([#+=~.)-])")  # and at the beginning of a line
PREFIXES: Final = {"heading": "## ", "list_item": "- ", "quote": "> ", "code": "    ", "table": "| "}


def as_text(row: Mapping[str, Any], width: int | None = None) -> str:
    """Headline, byline, day and body; lines folded at `width`."""
    blocks = [_fold(line, width, "  " if line.startswith("- ") else "") for line in _blocks(row, markdown=False)]
    return "\n\n".join(filter(None, (row["title"] or "", _below(row), *blocks))) + "\n"


def as_markdown(row: Mapping[str, Any]) -> str:
    """The same as CommonMark, of which nothing that the page says is markup."""
    title = f"# {_escaped(row['title'])}" if row["title"] else ""
    return "\n\n".join(filter(None, (title, _escaped(_below(row)), *_blocks(row, markdown=True)))) + "\n"


def as_json_line(row: Mapping[str, Any]) -> str:
    """One JSON object: what a program that reads texts needs."""
    said = {name: row[name] for name in ("article_id", "source", "date", "title", "authors", "language")}
    text = "\n\n".join(_blocks(row, markdown=False))
    said |= {"url": row["canonical_url"] or row["url"], "published_at": row["published_at"], "text": text}
    return json_line(said)


def _below(row: Mapping[str, Any]) -> str:
    day = row["published_at"].date().isoformat() if row["published_at"] else "undated"
    people = ", ".join(row["authors"])
    return shown(" · ".join(filter(None, (people, day, row["source"], row["canonical_url"] or row["url"]))))


def _blocks(row: Mapping[str, Any], *, markdown: bool) -> Iterator[str]:
    """The blocks of the body, those of one list or table on lines next to each other."""
    group: list[str] = []
    before = ""
    for block in row["body"]:
        kind = str(block["type"])
        text = _escaped(block["text"]) if markdown else shown(block["text"])
        if group and not (kind == before and kind in ("list_item", "table")):
            yield "\n".join(group)
            group = []
        is_marked = markdown or kind == "list_item"
        group.append(PREFIXES.get(kind, "") + text if is_marked else text)
        before = kind
    if group:
        yield "\n".join(group)


def _escaped(text: str) -> str:
    return LINE_START.sub(r"\1\\\2", MARKDOWN.sub(r"\\\1", shown(text)))


def _fold(text: str, width: int | None, indent: str) -> str:
    if width is None:
        return text
    return "\n".join(textwrap.fill(line, width, subsequent_indent=indent) for line in text.split("\n"))

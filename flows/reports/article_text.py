"""An article as people read it: plain text or Markdown."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from flows.reports.record_text import json_line, shown

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

"""Values of a record as lines of text, for terminals and pages: plain, without control characters, never markup."""

import re
from collections.abc import Mapping
from typing import Any, Final

LONGEST_ORIGIN: Final = 40  # columns of the terminal; some selectors are longer, and the values need the rest
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # rich's own list leaves ESC, with which terminals are steered


def lines_of(name: str, value: Any) -> list[str]:
    """The lines that a field is shown as.

    Args:
        name: of the field.
        value: as pyarrow or `dataclasses.asdict` gives it: blocks and images are dicts.

    Returns:
        A line a block or image, all of any other list on one line; none where there is no value.
    """
    if value is None or value in ((), []):
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
    """Text on one line, without control characters, cut where it is longer than `longest` characters."""
    line = CONTROLS.sub("", " ".join(text.split()))
    return line if longest is None or len(line) <= longest else line[: longest - 1] + "…"


def cell(text: str, longest: int | None = None) -> str:
    """Text for a cell of a Markdown table: it ends no cell and begins no element, whatever a page has written in it."""
    line = shown(text, longest)
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "'"), ("[", "\\["), ("*", "\\*")):
        line = line.replace(sign, written)
    return line


def fields_of(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All fields that have a value, line by line; the name stands at the first line of each."""
    return [
        ("" if number else name, line)
        for name, value in record.items()
        for number, line in enumerate(lines_of(name, value))
    ]

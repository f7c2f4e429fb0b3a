"""Values of a record as lines of text, for terminals and pages: plain, without control characters, never markup."""

import re
from typing import Any, Final

LONGEST_ORIGIN: Final = 40  # columns of the terminal: the values need the rest
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
    line = shown(text, longest)
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "'"), ("[", "\\["), ("*", "\\*")):
        line = line.replace(sign, written)
    return line

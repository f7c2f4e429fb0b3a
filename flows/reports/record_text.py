"""Values of a record as lines of text, for terminals and pages: plain, without control characters, never markup."""

import re
from typing import Any, Final

import orjson

from infra.base.errors import UNSAFE

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

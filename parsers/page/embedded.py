"""Data that a page holds for its scripts."""

import json
import re
from typing import Any, Final, cast

from parsers.page.html import LayoutError
from parsers.page.metadata import MAX_DEPTH, Json
from parsers.page.page import Page

_OBJECT: Final = re.compile(r'\{\s*"')


def embedded(page: Page, key: str) -> Json:
    """The first object in the scripts' JSON, at any depth, with a text under this key; LayoutError if there is none."""
    for script in page.tree.css("script"):
        text = script.text()
        start = _OBJECT.search(text) if f'"{key}"' in text else None
        if start is None:
            continue
        try:
            value = json.JSONDecoder().raw_decode(text, start.start())[0]
        except (ValueError, RecursionError) as error:
            raise LayoutError(f"the embedded data are cut short or damaged: {error}") from error
        found = _having(value, key, 0)
        if found is not None:
            return found
    raise LayoutError(f"the page embeds no data with a text {key!r}")


def _having(value: Any, key: str, depth: int) -> Json | None:
    if isinstance(value, dict) and isinstance(value.get(key), str):
        return cast("Json", value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = (_having(each, key, depth + 1) for each in inner if depth < MAX_DEPTH)
    return next(filter(None, found), None)

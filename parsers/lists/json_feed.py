"""JSON Feed (https://www.jsonfeed.org/version/1.1/): text in, links with hints out."""

import json
import re
from typing import Any, Final

from parsers.fields.urls import parse_url
from parsers.lists.links import LinkList, Reading, UnreadableError, hint_of

MAX_JSON_LENGTH: Final = 16 << 20  # characters; as objects they take up to ten times as much memory
_VERSION = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version\\?/')
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


def read_json_feed(text: str, base: str, zone: str, lacking: str = "") -> Reading:
    """The links of a JSON feed: `url`, or an `id` that is an address; of a broken one the items before the fault."""
    begin = _ITEMS.search(text)
    if begin is None or not _VERSION.search(text):
        raise UnreadableError("it is neither RSS nor Atom, and no JSON Feed")
    if len(text) > MAX_JSON_LENGTH:
        raise UnreadableError(f"it is a JSON feed of more than {MAX_JSON_LENGTH:,} characters")
    links, (items, is_closed) = LinkList(base), _items(text, begin.end())
    for item in items:
        name = _word(item, "id")
        address = _word(item, "url") or (name if parse_url(name or "") else None)
        published = hint_of(_word(item, "date_published"), zone)
        hint = published or hint_of(_word(item, "date_modified"), zone)
        links.add(address, hint, is_publication=published is not None)
    return links.reading_of(is_closed=is_closed, lacking=lacking)


def _items(text: str, at: int) -> tuple[list[dict[str, Any]], bool]:
    """The items of an array up to a fault in one of them, and whether its end was seen."""
    items: list[dict[str, Any]] = []
    decoder = json.JSONDecoder(strict=False)  # which takes control characters
    while between := _BETWEEN.match(text, at):
        if text.startswith("]", between.end()):
            return items, True
        try:
            item, at = decoder.raw_decode(text, between.end())
        except (ValueError, RecursionError):
            break
        if isinstance(item, dict):
            items.append(item)
    return items, False


def _word(item: dict[str, Any], name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) else None

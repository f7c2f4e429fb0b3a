"""JSON Feed (https://www.jsonfeed.org/version/1.1/): text in, links with hints out."""

import json
import re
from collections.abc import Iterator
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
    links, items = LinkList(base), _Items(text, begin.end())
    for item in items:
        name = _word(item, "id")
        address = _word(item, "url") or (name if parse_url(name or "") else None)
        published = hint_of(_word(item, "date_published"), zone)
        hint = published or hint_of(_word(item, "date_modified"), zone)
        links.add(address, hint, is_publication=published is not None)
    return links.reading_of(is_closed=items.is_closed, lacking=lacking)


class _Items:
    """The items of an array one by one, so that a fault in one leaves those before it."""

    def __init__(self, text: str, at: int) -> None:
        self.is_closed = False
        self._text = text
        self._at = at

    def __iter__(self) -> Iterator[dict[str, Any]]:
        decoder = json.JSONDecoder(strict=False)  # which takes control characters
        while between := _BETWEEN.match(self._text, self._at):
            if self._text.startswith("]", between.end()):
                self.is_closed = True
                return
            try:
                item, self._at = decoder.raw_decode(self._text, between.end())
            except (ValueError, RecursionError):
                return
            if isinstance(item, dict):
                yield item


def _word(item: dict[str, Any], name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) else None

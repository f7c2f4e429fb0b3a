"""RSS 0.9 to 2.0, RDF, Atom and JSON feeds: bytes in, links with hints out."""

import json
import re
from typing import Any, Final

from parsers.fields.urls import parse_url
from parsers.lists.entries import Entry, XmlList
from parsers.lists.links import LinkList, Reading, UnreadableError
from parsers.lists.list_text import list_text

_ENTRY_NAMES = {"rss": "item", "rdf": "item", "feed": "entry"}
# `dc:date` is when a resource was published, in the usage of feeds.
_PUBLISHED = "pubdate", "published", "issued", "date"
_CHANGED = "updated", "modified"
MAX_JSON_LENGTH: Final = 16 << 20  # characters; as objects they take up to ten times as much memory
_VERSION = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version\\?/')
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


def read_feed(body: bytes, base: str, zone: str) -> Reading:
    """The links of a feed as far as it can be read; their hint is `pubDate` or the like, or else the last change."""
    text, lacking = list_text(body)
    if text.startswith("{"):
        return _read_json(text, base, zone, lacking)
    found, links = XmlList(text, base, _ENTRY_NAMES), LinkList(base)
    try:
        for entry in found.entries():
            links.add_dated(_address(entry), entry.first(*_PUBLISHED), entry.first(*_CHANGED), zone)
    except UnreadableError as error:
        raise UnreadableError(f"it is neither RSS nor Atom: {error}") from error
    return links.reading_of(is_closed=found.is_closed, lacking=lacking)


def _address(entry: Entry) -> str | None:
    """The address of an entry: its own before FeedBurner, its link, or else a name that is an address."""
    found = entry.address("origlink", "link")
    if found:
        return found
    name = entry.first("guid", "id", "about") or ""
    if parse_url(name):
        return name
    # RSS 2.0: a guid is a permalink unless it says otherwise; but most that say nothing are numbers or words.
    is_relative = "/" in name and " " not in name and entry.first("ispermalink") == "true"
    return entry.address("guid") if is_relative else None


def _read_json(text: str, base: str, zone: str, lacking: str) -> Reading:
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
        links.add_dated(address, _word(item, "date_published"), _word(item, "date_modified"), zone)
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

"""RSS 0.9 to 2.0, RDF and Atom feeds, as feedparser reads them: bytes in, links with hints out."""

import re
from typing import Any, Final

import feedparser

from parsers.lists.links import LinkList, Reading, UnreadableError, hint_of
from parsers.lists.xml_text import xml_text

# The largest feeds (whole texts of a week) have some megabytes; the library takes up to 4 s a megabyte where the XML is
# broken on purpose, 0.4 s where it is not.
MAX_FEED_BYTES: Final = 5 << 20
# Entities can only be declared in a document type declaration; in comments and CDATA these words mean nothing. One that
# holds declarations has a `[` before its end; one that has no end within 1,000 characters is no honest one.
_DECLARES = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|(?P<unsafe><!ENTITY|<!DOCTYPE(?![^>\[]{0,1000}>))", re.I | re.S
)
_DECLARED = b"<?xml version='1.0' encoding='utf-8'?>\n"


class _Bytes:
    """A file of bytes. The library opens files and addresses of the name if it is given text or bytes."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self) -> bytes:
        return self._body


def read_feed(body: bytes, base: str, zone: str) -> Reading:
    """The links of a feed. One that is not well-formed is read as far as it makes sense, and the note says so.

    Args:
        body: as it came, after content decoding.
        base: address that relative links are relative to.
        zone: IANA name of the zone that times without one are in.

    Returns:
        One link an entry. The hint is `pubDate`, `published` or the like. Atom's `updated` is one too, but of the last
        change; RSS has no such element: what the library calls so there is the date of the entry (`dc:date`).

    Raises:
        UnreadableError: it is no feed, too large, or declares XML entities.
    """
    if len(body) > MAX_FEED_BYTES:
        raise UnreadableError(f"it has more than {MAX_FEED_BYTES:,} bytes")
    text = xml_text(body)
    # Their expansion can take any time and memory (billion laughs), or read files and addresses (external entities).
    if any(found["unsafe"] for found in _DECLARES.finditer(text)):
        raise UnreadableError("it declares XML entities")
    feed = _parsed(_DECLARED + text.encode())
    links = LinkList(base)
    is_atom = feed.version.startswith("atom")
    for entry in feed.entries:
        address = dict.get(entry, "feedburner_origlink") or dict.get(entry, "link")
        published = hint_of(_text(entry, "published"), zone)
        hint = published or hint_of(_text(entry, "updated"), zone)
        links.add(address, hint, is_publication=published is not None or not is_atom)
    return links.reading(f"not well-formed: {feed.bozo_exception}" if feed.bozo else "")


def _text(entry: Any, name: str) -> str | None:
    # `entry.get` takes one kind of date for another where it is missing, and warns that it does.
    return dict.get(entry, name)


def _parsed(document: bytes) -> Any:
    try:
        feed = feedparser.parse(_Bytes(document), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # what the library lets out on broken input is no closed list
        raise UnreadableError(f"it can't be read as a feed ({type(error).__name__}: {error})"[:300]) from error
    if not feed.version:
        raise UnreadableError("it is neither RSS nor Atom")
    if feed.bozo and not feed.entries:
        raise UnreadableError(f"it is broken: {feed.bozo_exception}")
    return feed

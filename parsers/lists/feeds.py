"""RSS 0.9 to 2.0, RDF and Atom feeds, as feedparser reads them: bytes in, links with hints out."""

import re
from typing import Any, Final

import feedparser

from parsers.lists.links import LinkList, Reading, UnreadableError, hint_of
from parsers.lists.xml_text import xml_text

# The largest feeds (full texts of a week) have a few megabytes; the library takes 0.4 s a megabyte, and 4 s
# for hostile XML.
MAX_FEED_BYTES: Final = 5 << 20
# Only a document type declaration can declare entities, and then it has a `[` before its end; one without an end within
# 1,000 characters is hostile. In comments and CDATA these words mean nothing.
_DECLARES = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|(?P<unsafe><!ENTITY|<!DOCTYPE(?![^>\[]{0,1000}>))", re.I | re.S
)
_DECLARED = b"<?xml version='1.0' encoding='utf-8'?>\n"


class _Bytes:
    """A file of bytes. Given text or bytes, the library would open the file or address of that name."""

    def __init__(self, body: bytes) -> None:
        self.read = lambda: body


def read_feed(body: bytes, base: str, zone: str) -> Reading:
    """The links of a feed, one for each entry. A feed that is not well-formed is read as far as possible, and noted.

    The hint is `pubDate`, `published` or the like. Atom's `updated` is the time of the last change; in RSS the library
    gives that name to the date of the entry (`dc:date`).

    Args:
        body: the response after content decoding.
        base: address that relative links refer to.
        zone: IANA name of the zone of times without one.

    Raises:
        UnreadableError: it is not a feed, too large, or declares XML entities.
    """
    if len(body) > MAX_FEED_BYTES:
        raise UnreadableError(f"it has more than {MAX_FEED_BYTES:,} bytes")
    text = xml_text(body)
    # Expanding them can take any time and memory (billion laughs), or read files and addresses (external entities).
    if any(found["unsafe"] for found in _DECLARES.finditer(text)):
        raise UnreadableError("it declares XML entities")
    feed = _parsed(_DECLARED + text.encode())
    links = LinkList(base)
    is_atom = feed.version.startswith("atom")
    for entry in feed.entries:
        # `entry.get` would replace a missing date by another kind of date, with a warning.
        address = dict.get(entry, "feedburner_origlink") or dict.get(entry, "link")
        published = hint_of(dict.get(entry, "published"), zone)
        hint = published or hint_of(dict.get(entry, "updated"), zone)
        links.add(address, hint, is_publication=published is not None or not is_atom)
    return links.reading(f"not well-formed: {feed.bozo_exception}" if feed.bozo else "")


def _parsed(document: bytes) -> Any:
    try:
        feed = feedparser.parse(_Bytes(document), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # the library raises anything on broken input
        raise UnreadableError(f"it can't be read as a feed ({type(error).__name__}: {error})"[:300]) from error
    if not feed.version:
        raise UnreadableError("it is neither RSS nor Atom")
    if feed.bozo and not feed.entries:
        raise UnreadableError(f"it is broken: {feed.bozo_exception}")
    return feed

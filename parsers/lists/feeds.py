"""RSS 0.9 to 2.0, RDF and Atom feeds, sitemaps (https://www.sitemaps.org/protocol.html) and their indexes, to links."""

from typing import Final

from parsers.fields.urls import parse_url
from parsers.lists.entries import Entry, XmlList
from parsers.lists.links import LinkList, Reading, UnreadableError, hint_of
from parsers.lists.list_text import list_text

MAX_ENTRIES: Final = 50_000  # the protocol's limit, of addresses and of sitemaps in an index
_ENTRY_NAMES = {"rss": "item", "rdf": "item", "feed": "entry"}
# `dc:date` is when a resource was published, in the usage of feeds.
_PUBLISHED = "pubdate", "published", "issued", "date"
_CHANGED = "updated", "modified"


def read_feed(body: bytes, base: str, zone: str) -> Reading:
    """The links of a feed as far as it can be read; their hint is `pubDate` or the like, or else the last change."""
    text, lacking = list_text(body)
    found, links = XmlList(text, base, _ENTRY_NAMES), LinkList(base)
    try:
        for entry in found.entries():
            links.add_dated(_address(entry), entry.first(*_PUBLISHED), entry.first(*_CHANGED), zone)
    except UnreadableError as error:
        raise UnreadableError(f"it is neither RSS nor Atom: {error}") from error
    return links.reading_of(is_closed=found.is_closed, lacking=lacking)


def read_sitemap(body: bytes, base: str, zone: str) -> Reading:
    """The links of a sitemap, or the children of an index. The hint is `news:publication_date`, or else `lastmod`."""
    text, lacking = list_text(body)
    found, links = XmlList(text, base, {"urlset": "url", "sitemapindex": "sitemap"}), LinkList(base)
    try:
        for entry in found.entries():
            if len(links) >= MAX_ENTRIES:
                return links.reading(f"more than {MAX_ENTRIES:,} entries: the rest is not read")
            address, published, changed = entry.address("loc"), entry.first("publication_date"), entry.first("lastmod")
            if found.root == "sitemapindex":
                links.add_child(address, hint_of(published, zone) or hint_of(changed, zone))
            else:
                links.add_dated(address, published, changed, zone)
    except UnreadableError as error:
        raise UnreadableError(f"it is no sitemap: {error}") from error
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

"""Sitemaps, their indexes (https://www.sitemaps.org/protocol.html), news sitemaps: from bytes to links with hints."""

from typing import Final

from parsers.lists.entries import XmlList
from parsers.lists.links import LinkList, Reading, UnreadableError, hint_of
from parsers.lists.list_text import list_text

MAX_ENTRIES: Final = 50_000  # the protocol's limit, of addresses and of sitemaps in an index
_ENTRY_NAMES = {"urlset": "url", "sitemapindex": "sitemap"}


def read_sitemap(body: bytes, base: str, zone: str) -> Reading:
    """The links of a sitemap, or the children of an index. The hint is `news:publication_date`, or else `lastmod`."""
    text, lacking = list_text(body)
    links = LinkList(base)
    found = XmlList(text, base, _ENTRY_NAMES)
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

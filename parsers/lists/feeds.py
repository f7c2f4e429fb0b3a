"""Feeds (RSS, RDF, Atom), sitemaps (https://www.sitemaps.org/protocol.html) and pages that list articles, to links."""

import re

from selectolax.lexbor import SelectolaxError

from parsers.fields.urls import absolute, parse_url
from parsers.lists.links import LinkList, Reading, UnreadableError, hint_of
from parsers.lists.markup import Entry, XmlList, list_text
from parsers.page.decode import decode
from parsers.page.html import Tree, attribute, select

MAX_ENTRIES = 50_000  # the protocol's limit, of addresses and of sitemaps in an index
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


_FEEDS = ", ".join(f'link[rel~="alternate" i][type="application/{kind}" i]' for kind in ("rss+xml", "atom+xml"))
_COMMENTS = re.compile(r"\bcomments?\b", re.I)  # a feed of comments names old articles as if they were new


def read_listing(body: bytes, base: str, *, links: str) -> Reading:
    """The links of a listing in page order. Call it where it may hang; UnreadableError where `links` is no CSS."""
    tree = Tree(decode(body).text)
    found = LinkList(absolute(attribute(tree, "base[href]", "href"), base) or base)
    try:
        nodes = select(tree, links)
    except SelectolaxError as error:
        raise UnreadableError(f"{links!r} is no CSS selector") from error
    for node in nodes:
        found.add(node.attributes.get("href"))
    return found.reading()


def read_named_feeds(body: bytes, base: str) -> Reading:
    """The feeds that a page names, as children, without those of comments. Call it as `read_listing`."""
    tree = Tree(decode(body).text)
    found = LinkList(absolute(attribute(tree, "base[href]", "href"), base) or base)
    for node in tree.css(_FEEDS):
        address = node.attributes.get("href")
        if not _COMMENTS.search(address or ""):
            found.add_child(address, None)
    return found.reading()

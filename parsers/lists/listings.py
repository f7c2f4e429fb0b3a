"""Pages that list the articles of a day, or name feeds: from bytes to links."""

import re
from typing import Final

from selectolax.lexbor import SelectolaxError

from parsers.fields.urls import absolute
from parsers.lists.links import LinkList, Reading, UnreadableError
from parsers.page.decode import decode
from parsers.page.html import Tree, attribute, select

_FEEDS: Final = ", ".join(f'link[rel~="alternate" i][type="application/{kind}" i]' for kind in ("rss+xml", "atom+xml"))
_COMMENTS: Final = re.compile(r"\bcomments?\b", re.I)  # a feed of comments names old articles as if they were new


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

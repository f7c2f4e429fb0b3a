"""Pages that list articles, by day or page by page: from bytes to links with hints."""

import re
from datetime import date
from typing import Final

from selectolax.lexbor import SelectolaxError

from parsers.fields.urls import absolute
from parsers.lists.links import LinkList, Reading, UnreadableError, hint_of
from parsers.page.decode import decode
from parsers.page.html import Node, Tree, attribute, select, text_of

# `application/json` is left out: WordPress names its programming interface so.
_FEEDS: Final = ", ".join(
    f'link[rel~="alternate" i][type="application/{kind}" i]' for kind in ("rss+xml", "atom+xml", "feed+json")
)
_COMMENTS: Final = re.compile(r"\bcomments?\b", re.I)  # a feed of comments names old articles as if they were new


def read_listing(
    body: bytes, base: str, zone: str, *, links: str, dates: str | None = None, today: date | None = None
) -> Reading:
    """The links of a listing in page order, with their dates as hints.

    Call it where it may hang: a hostile page can keep the HTML parser busy for any time. `links` and `dates` are CSS
    selectors, with a date for each link; `today` supplies the year of dates without one. UnreadableError where a
    selector is invalid, or links and dates differ in number.
    """
    tree = Tree(decode(body).text)
    found = LinkList(absolute(attribute(tree, "base[href]", "href"), base) or base)
    nodes = _matches(tree, links)
    if dates is None:
        for node in nodes:
            found.add(node.attributes.get("href"))
        return found.reading()
    times = _matches(tree, dates)
    if len(times) != len(nodes):
        raise UnreadableError(f"{len(nodes)} links match {links!r}, but {len(times)} dates {dates!r}")
    for node, when in zip(nodes, times, strict=True):
        found.add(node.attributes.get("href"), hint_of(when.attributes.get("datetime") or text_of(when), zone, today))
    return found.reading()


def read_named_feeds(body: bytes, base: str) -> Reading:
    """The feeds that a page names, as children, without those of comments. Call it as `read_listing`."""
    tree = Tree(decode(body).text)
    found = LinkList(absolute(attribute(tree, "base[href]", "href"), base) or base)
    for node in _matches(tree, _FEEDS):
        address = node.attributes.get("href")
        if not _COMMENTS.search(address or ""):
            found.add_child(address, None)
    return found.reading()


def _matches(tree: Tree, css: str) -> list[Node]:
    try:
        return select(tree, css)
    except SelectolaxError as error:
        raise UnreadableError(f"{css!r} is no CSS selector") from error

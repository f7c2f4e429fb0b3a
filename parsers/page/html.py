"""The HTML tree, and what selectors find in it."""

import re
from collections.abc import Iterator, Sequence, Set

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.fields.characters import clean

Node = LexborNode
Tree = LexborHTMLParser

# Elements that begin on a line or in a cell of their own: their texts are separate words even if the markup has no
# white space between them.
_SEPARATE = frozenset({
    "address", "article", "blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "header",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "option", "p", "pre", "section", "table", "td", "th", "tr",
    "ul",
})  # fmt: skip
CODE = frozenset({"script", "style", "template", "noscript"})  # readers don't see their text

# Replaces a line break. A unit separator can't occur in clean text, and `clean` treats it as white space.
BREAK = "\x1f"


class LayoutError(Exception):
    """The page doesn't have the structure of its layout; becomes `Rejected(layout)` with this message as its detail."""


def select(root: Tree | Node, css: str) -> list[Node]:
    """All matches in document order, each once; the library repeats a node that matches several parts of `a, b`.

    `root` itself may match, and all but the last part of a selector may match above `root`.
    """
    found = root.css(css)
    return list({node.mem_id: node for node in found}.values()) if len(found) > 1 else found


def ancestors(node: Node) -> Iterator[int]:
    """`mem_id` of every element above, nearest first."""
    parent = node.parent
    while parent is not None:
        yield parent.mem_id
        parent = parent.parent


def part_of_article(container: Node) -> Node | None:
    """The nearest `<article>` or `<main>` that is or holds the container (HTML, 4.3.2)."""
    part: Node | None = container
    while part is not None and part.tag not in ("article", "main"):
        part = part.parent
    return part


def inside(node: Node, tags: Set[str], holding: Set[int]) -> bool:
    """Whether a node is or is in an element with one of the tags, below the elements `holding` (by `mem_id`)."""
    part: Node | None = node
    while part is not None and part.mem_id not in holding:
        if part.tag in tags:
            return True
        part = part.parent
    return False


def outermost(root: Tree | Node, css: str) -> list[Node]:
    """The matches in document order, without those inside another match."""
    return without_nested(select(root, css))


def without_nested(nodes: Sequence[Node]) -> list[Node]:
    """The nodes that are not inside another of them."""
    above = holders(nodes)
    return [node for node in nodes if not above[node.mem_id]]


def holders(nodes: Sequence[Node]) -> dict[int, int]:
    """`mem_id` of each node -> that of the nearest other of the nodes above it, or 0; in their order.

    No element is climbed twice, so that deep nesting costs no more than its size.
    """
    known: dict[int, int] = {}  # the holders of elements that were climbed
    found = {node.mem_id: 0 for node in nodes}
    for node in nodes if len(found) > 1 else ():
        climbed = []
        holder = 0
        for above in ancestors(node):
            if above in found or above in known:
                holder = above if above in found else known[above]
                break
            climbed.append(above)
        known.update(dict.fromkeys(climbed, holder))
        found[node.mem_id] = holder
    return found


def mark_breaks(root: Tree | Node) -> None:
    """Put `BREAK` in place of line breaks; otherwise the words on both sides of `<br>` would be joined."""
    for node in root.css("br"):
        node.replace_with(BREAK)


# What a page holds but doesn't show: readings of ruby text, closed dialogs, words for screen readers only. Paying
# readers do see a `.paywall`, the name that search engines advise.
_HIDDEN = (
    '[hidden]:not([hidden="until-found" i], .paywall), dialog:not([open]), rt, rp, .sr-only, .visually-hidden,'
    " .visuallyhidden, .screen-reader-text"
)
_STYLED = '[style*="none" i], [style*="hidden" i]'  # perhaps; the pattern tells
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


def remove_hidden(root: Node) -> None:
    """Remove what readers don't see below a node. What a click or a search opens stays."""
    hiding = (node for node in root.css(_STYLED) if _HIDING.search(node.attributes["style"] or ""))
    for node in (*root.css(_HIDDEN), *hiding):
        if node.mem_id != root.mem_id:
            node.decompose()


def text_of(node: Node) -> str:
    """The cleaned text of a node; line breaks and borders of inner blocks count as white space."""
    return clean(raw_text(node))


def raw_text(node: Node) -> str:
    """The text of a node with `BREAK` for line breaks, without code. Changes the tree."""
    for inner in list(node.traverse())[1:]:  # the first is the node itself
        tag = inner.tag
        if tag in CODE:
            inner.decompose()
        elif tag == "br":
            inner.replace_with(BREAK)
        elif tag in _SEPARATE:
            inner.insert_before(" ")
            inner.insert_after(" ")
    return node.text()


def texts(root: Tree | Node, css: str) -> list[str]:
    """The cleaned texts of all matches, without empty ones."""
    return [text for text in map(text_of, select(root, css)) if text]


def attribute(root: Tree | Node, css: str, name: str) -> str | None:
    """An attribute of the first match; None if either is missing."""
    node = root.css_first(css)
    return node.attributes.get(name) if node is not None else None

"""The HTML tree and selectors that say what is wrong when they find nothing."""

from collections.abc import Iterator
from itertools import takewhile

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers.fields.characters import clean

Node = LexborNode
Tree = LexborHTMLParser

# Elements that begin on a line of their own, or in a cell of their own: their texts are separate words also where the
# markup has no white space between them.
_SEPARATE = frozenset(
    {"address", "article", "blockquote", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "header"}
    | {
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    }
)
_CODE = frozenset({"script", "style", "template", "noscript"})  # their text is no text of the page

# Stands where a line break was. A unit separator can't occur in clean text, and `clean` takes it for white space.
BREAK = "\x1f"


class LayoutError(Exception):
    """The page is not built as its layout says; becomes `Rejected(layout)` with this message as its detail."""


def select(root: Tree | Node, css: str) -> list[Node]:
    """All matches in document order, each once: the library gives a node once for each part of `a, b` that it matches.

    `root` is among them if it matches; the parts of a selector to the left of the last one may match above `root`.
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
    """The nearest `<article>` or `<main>` that is or holds a container; None on pages without them (HTML, 4.3.2)."""
    part: Node | None = container
    while part is not None and part.tag not in ("article", "main"):
        part = part.parent
    return part


def outermost(root: Tree | Node, css: str) -> list[Node]:
    """The matches in document order without those inside another match, which are parts of it."""
    return without_nested(select(root, css))


def without_nested(nodes: list[Node]) -> list[Node]:
    """The nodes that are not inside another one of them."""
    if len(nodes) < 2:  # noqa: PLR2004 - a pair is the least that can be nested
        return nodes
    ids = {node.mem_id for node in nodes}
    outside: set[int] = set()  # elements that are in none of the nodes; none is climbed twice
    found = []
    for node in nodes:
        path = list(takewhile(lambda above: above not in outside, ancestors(node)))
        if ids.isdisjoint(path):
            outside.update(path)
            found.append(node)
    return found


def one(root: Tree | Node, css: str) -> Node:
    """The only match. Use where a second match would mean another kind of page.

    Raises:
        LayoutError: none or several match.
    """
    found = select(root, css)
    if len(found) != 1:
        raise LayoutError(f"{len(found)} matches of {css!r}, expected 1")
    return found[0]


def first(root: Tree | Node, css: str) -> Node:
    """The first match in document order. Use where repetition is harmless.

    Raises:
        LayoutError: none matches.
    """
    found = root.css_first(css)
    if found is None:
        raise LayoutError(f"no match of {css!r}")
    return found


def many(root: Tree | Node, css: str, *, at_least: int) -> list[Node]:
    """All matches in document order.

    Raises:
        LayoutError: fewer than `at_least` match.
    """
    found = select(root, css)
    if len(found) < at_least:
        raise LayoutError(f"{len(found)} matches of {css!r}, expected at least {at_least}")
    return found


def mark_breaks(root: Tree | Node) -> None:
    """Put `BREAK` where line breaks are: the text of an element joins what stands on both sides of `<br>`."""
    for node in root.css("br"):
        node.replace_with(BREAK)


def text_of(node: Node) -> str:
    """The text of a node and all below it, cleaned; line breaks and borders of inner blocks count as white space."""
    return clean(raw_text(node))


def raw_text(node: Node) -> str:
    """The text of a node and all below it, with `BREAK` for line breaks, without code. Changes the tree."""
    for inner in list(node.traverse())[1:]:  # the first is the node itself
        tag = inner.tag
        if tag in _CODE:
            inner.decompose()
        elif tag == "br":
            inner.replace_with(BREAK)
        elif tag in _SEPARATE:
            inner.insert_before(" ")
            inner.insert_after(" ")
    return node.text()


def texts(root: Tree | Node, css: str) -> list[str]:
    """The cleaned texts of all matches, without empty ones. Use for what a page may or may not have."""
    return [text for text in map(text_of, select(root, css)) if text]


def attribute(root: Tree | Node, css: str, name: str) -> str | None:
    """An attribute of the first match, None where either is missing. Use for what a page may or may not have."""
    node = root.css_first(css)
    return node.attributes.get(name) if node is not None else None

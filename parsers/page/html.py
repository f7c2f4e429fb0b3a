"""The HTML tree, and what selectors find in it."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set

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
    """All matches in document order, each once. `root` may match, and all but the last part of a selector above it."""
    found = root.css(css)
    return list({node.mem_id: node for node in found}.values()) if len(found) > 1 else found


def upward(node: Node | None) -> Iterator[Node]:
    """A node and every element above, nearest first."""
    while node is not None:
        yield node
        node = node.parent


def ancestors(node: Node) -> Iterator[int]:
    """`mem_id` of every element above, nearest first."""
    return (part.mem_id for part in upward(node.parent))


def part_of_article(container: Node) -> Node | None:
    """The nearest `<article>` or `<main>` that is or holds the container (HTML, 4.3.2)."""
    return next((part for part in upward(container) if part.tag in ("article", "main")), None)


def inside(node: Node, tags: Set[str], holding: Set[int]) -> bool:
    """Whether a node is or is in an element with one of the tags, below the elements `holding` (by `mem_id`)."""
    found = next((part for part in upward(node) if part.tag in tags or part.mem_id in holding), None)
    return found is not None and found.mem_id not in holding


def outermost(root: Tree | Node, css: str) -> list[Node]:
    """The matches in document order, without those inside another match."""
    return without_nested(select(root, css))


def without_nested(nodes: Sequence[Node]) -> list[Node]:
    """The nodes that are not inside another of them."""
    above = holders(nodes)
    return [node for node in nodes if not above[node.mem_id]]


def holders(nodes: Sequence[Node]) -> dict[int, int]:
    """`mem_id` of each node -> that of the nearest other of them above it, or 0; climbs no element twice."""
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


def stands_alone(node: Node) -> bool:
    """Whether no text is beside an element: then a custom one (`<story-paragraph>`) is a block and no phrase."""
    beside = (node.prev, node.next)
    return not any(other is not None and other.tag == "-text" and other.text().strip() for other in beside)


_SET_APART = frozenset({"b", "em", "i", "strong"})
_SIGNATURE = 40  # characters of a line: a name, a place, an office


def mark_breaks(root: Tree | Node) -> None:
    """Put `BREAK` in place of line breaks; otherwise the words on both sides of `<br>` would be joined."""
    for node in root.css("br"):
        node.replace_with(BREAK * 2 if _parts_signature(node) else BREAK)


def _beside(node: Node, side: str) -> Node | None:
    other: Node | None = getattr(node, side)
    while other is not None and other.tag == "-text" and other.text().isspace():
        other = getattr(other, side)
    return other


def _parts_signature(node: Node) -> bool:
    """Whether a break parts short lines set alike, each an element: `<i>Jane Doe</i><br><i>Ohio</i>` below a letter."""
    before, after = _beside(node, "prev"), _beside(node, "next")
    if before is None or after is None or before.tag != after.tag or before.tag not in _SET_APART:
        return False
    return max(len(before.text()), len(after.text())) <= _SIGNATURE


# What a page may hold but not show: closed dialogs, words for screen readers only. One search, since each is a walk.
SCREEN_READERS = {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only"}
_NAMED = f":is({', '.join(f'.{name}' for name in sorted(SCREEN_READERS))})"
PHRASE_MAY_BE_HIDDEN = f"[style], [hidden], [popover], span{_NAMED}"
_MAY_BE_HIDDEN = f"{PHRASE_MAY_BE_HIDDEN}, dialog, canvas, p{_NAMED}, div{_NAMED}"
# React streams parts of a page in hidden elements with such an id, for its script to put in place.
_STREAMED = "S:"
# Not shown, or outside of what the page shows. Scripts fade in what has no opacity, and unfold what has no height; a
# font of no size closes the gaps between boxes, where it is not that of a text.
_HIDING = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|(?:content-)?visibility\s*:\s*(?:hidden|collapse)"
    r"|(?:left|right|top|text-indent|margin(?:-left|-top)?)\s*:\s*-(?:\d{4,}|\d{3,}(?:\.\d+)?r?em)"
    r"|color\s*:\s*(?:transparent|rgba\([^)]*,\s*0(?:\.0+)?\))|clip\s*:\s*rect\((?:0|1px)[\s,)]"
    r"|clip-path\s*:\s*inset\((?:50|100)%|transform\s*:\s*scale\(0\)"
    r"|(?:height|width)\s*:\s*1px\s*;.*overflow\s*:\s*hidden)",
    re.IGNORECASE,
)

_OF_NO_SIZE = re.compile(r"font-size\s*:\s*0(?![.\d])", re.IGNORECASE)


def is_hidden(tag: str | None, attributes: Mapping[str, str | None]) -> bool:
    """Whether readers don't see an element that may be hidden. What a click or a search opens is none."""
    get = attributes.get
    names = (get("class") or "").split()
    if "hidden" in attributes:
        opened = (get("hidden") or "").lower() == "until-found" or (get("id") or "").startswith(_STREAMED)
        return not (opened or "paywall" in names)  # the name that search engines advise for what paying readers see
    if "popover" in attributes or tag == "canvas" or (tag == "dialog" and "open" not in attributes):
        return True
    style = get("style") or ""
    if _HIDING.search(style) or not SCREEN_READERS.isdisjoint(names):
        return True
    return tag in ("p", "span") and _OF_NO_SIZE.search(style) is not None


def remove_hidden(root: Node) -> None:
    """Remove what readers don't see below a node, and readings of ruby text."""
    for node in root.css(f"{_MAY_BE_HIDDEN}, rt, rp"):  # one walk
        if node.mem_id != root.mem_id and (node.tag in ("rt", "rp") or is_hidden(node.tag, node.attributes)):
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

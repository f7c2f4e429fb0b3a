"""From the body elements of a page to typed blocks in reading order."""

from collections.abc import Mapping, Sequence

from parsers.fields.characters import clean
from parsers.page.html import BREAK, Node, Tree, holders, mark_breaks, raw_text, select, without_nested
from parsers.record.article import Block, BlockType

_TYPES = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), BlockType.HEADING),
    "li": BlockType.LIST_ITEM,
    "blockquote": BlockType.QUOTE,
    "figcaption": BlockType.CAPTION,
    "pre": BlockType.CODE,
    "table": BlockType.TABLE,
}
# If these hold other selected elements they are only their frame: `<blockquote><p>`, `<div><p>`.
_FRAMES = frozenset({"blockquote", "div", "section", "article", "main"})
# Replaces two line breaks, with which pages without <p> separate paragraphs; one break is a new line of the same block.
# A record separator can't occur in clean text.
PARAGRAPH = "\x1e"


def remove(root: Tree | Node, css: str) -> None:
    """Remove all matches below `root`, but never `root` itself."""
    inviolable = root.mem_id if isinstance(root, Node) else None
    for node in root.css(css):
        if node.mem_id != inviolable:
            node.decompose()


def read_blocks(containers: Sequence[Node], blocks: str, headings: str | None, leads: frozenset[int]) -> list[Block]:
    """The blocks of the containers, in document order, each text once; `blocks` and `headings` as in `Layout`.

    Of nested blocks the outer one counts (`<li><p>`), except that frames such as `<blockquote>` leave their text to the
    blocks inside. `leads` holds the `mem_id` of the standfirst and of all nodes below it.
    """
    found: list[Block] = []
    for container in without_nested(containers):
        mark_breaks(container)
        nodes = select(container, blocks) if blocks else [container]
        above = holders(nodes)
        holding = set(above.values())
        frames = {node.mem_id for node in nodes if node.mem_id in holding and node.tag in _FRAMES}
        bold = _covered(container.css(headings), above) if headings else set()
        inside: set[int] = set()
        # In document order: a holder comes before what it holds.
        for node, (identity, holder) in zip(nodes, above.items(), strict=True):
            if holder and (holder not in frames or holder in inside):
                inside.add(identity)
            elif identity not in frames:
                kind = _kind(node, identity, bold, leads)
                found += [Block(kind, text) for text in _paragraphs(node)]
    return found


def _covered(marks: Sequence[Node], blocks: Mapping[int, int]) -> set[int]:
    """The blocks that are one of `marks` or have all their text in one: `<p><strong>…</strong></p>`."""
    covered = set()
    for mark in marks:
        block: Node | None = mark
        while block is not None and block.mem_id not in blocks:
            block = block.parent
        if block is not None and (block.mem_id == mark.mem_id or clean(mark.text()) == clean(block.text())):
            covered.add(block.mem_id)
    return covered


def _kind(node: Node, identity: int, headings: set[int], leads: frozenset[int]) -> BlockType:
    if identity in leads:
        return BlockType.LEAD
    if identity in headings:
        return BlockType.HEADING
    kind = _TYPES.get(node.tag or "")
    if kind:
        return kind
    parent = node.parent
    return BlockType.QUOTE if parent is not None and parent.tag == "blockquote" else BlockType.PARAGRAPH


def _paragraphs(node: Node) -> list[str]:
    """The texts of a block. A text without a letter or digit (`* * *`) is decoration."""
    # Nearly all blocks are a <p>, in which the parser allows no block-level element.
    text = node.text() if node.tag == "p" else raw_text(node)
    if BREAK not in text:
        parts = [clean(text)]
    else:
        lines = [clean(line) for line in text.split(BREAK)]
        parts = " ".join(line or PARAGRAPH for line in lines).split(PARAGRAPH)
    return [part.strip() for part in parts if any(map(str.isalnum, part))]

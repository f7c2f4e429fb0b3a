"""Body containers of a page to typed blocks in reading order."""

from collections.abc import Iterator, Sequence

from parsers.article import Block, BlockType
from parsers.characters import clean
from parsers.html import BREAK, Node, Tree

_TYPES = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), BlockType.HEADING),
    "li": BlockType.LIST_ITEM,
    "blockquote": BlockType.QUOTE,
    "figcaption": BlockType.CAPTION,
    "pre": BlockType.CODE,
    "table": BlockType.TABLE,
}
# Elements that may hold other selected ones and then are only their frame: `<blockquote><p>`, `<div><p>`.
_FRAMES = frozenset({"blockquote", "div", "section", "article", "main"})
# Stands between texts that two line breaks separate, which is how pages without <p> make paragraphs; one break is a new
# line of the same block. A record separator can't occur in clean text.
PARAGRAPH = "\x1e"


def remove(root: Tree | Node, css: str) -> None:
    """Take all matches out of the tree."""
    for node in root.css(css):
        node.decompose()


def read_blocks(containers: Sequence[Node], blocks: str, headings: str | None, leads: frozenset[int]) -> list[Block]:
    """The blocks of the containers, in document order, each text once.

    A block inside another one is left to the outer (`<li><p>`), except that frames such as `<blockquote>` leave their
    text to the blocks inside. Text that is separated by two line breaks becomes several blocks.

    Args:
        containers: body elements.
        blocks: selector inside a container; empty takes the container itself.
        headings: selector of blocks that are headings whatever their tag, or of elements in them that hold all of their
            text (`p > strong`).
        leads: `mem_id` of nodes that are the standfirst.
    """
    found: list[Block] = []
    ids = {container.mem_id for container in containers}
    for container in containers:
        if any(above in ids for above in _ancestors(container)):
            continue
        nodes = container.css(blocks) if blocks else [container]
        marked = container.css(headings) if headings else []
        chosen = {node.mem_id for node in nodes}
        frames = _frames(nodes)
        for node in nodes:
            if node.mem_id in frames or _inside(node, chosen - frames, container.mem_id):
                continue
            kind = _kind(node, marked, leads)
            found += [Block(kind, text) for text in _paragraphs(node)]
    return found


def _frames(nodes: list[Node]) -> set[int]:
    """Chosen frame elements that hold another chosen element."""
    candidates = {node.mem_id for node in nodes if node.tag in _FRAMES}
    if not candidates:
        return candidates
    return {above for node in nodes for above in _ancestors(node) if above in candidates}


def _ancestors(node: Node) -> Iterator[int]:
    parent = node.parent
    while parent is not None:
        yield parent.mem_id
        parent = parent.parent


def _inside(node: Node, chosen: set[int], container: int) -> bool:
    for above in _ancestors(node):
        if above in chosen:
            return True
        if above == container:
            return False
    return False


def _kind(node: Node, headings: Sequence[Node], leads: frozenset[int]) -> BlockType:
    if node.mem_id in leads:
        return BlockType.LEAD
    if any(_covers(mark, node) for mark in headings):
        return BlockType.HEADING
    kind = _TYPES.get(node.tag or "", BlockType.PARAGRAPH)
    parent = node.parent
    if kind is BlockType.PARAGRAPH and parent is not None and parent.tag == "blockquote":
        return BlockType.QUOTE
    return kind


def _covers(mark: Node, block: Node) -> bool:
    """Whether `mark` is the block, or an element such as `<strong>` that holds all of the block's text."""
    if mark.mem_id == block.mem_id:
        return True
    return block.mem_id in _ancestors(mark) and clean(mark.text()) == clean(block.text())


def _paragraphs(node: Node) -> list[str]:
    """The texts of a block. What holds no letter and no figure (`* * *`) is decoration."""
    parts = node.text().split(BREAK)
    texts = [clean(part) for part in parts]
    joined = " ".join(text or PARAGRAPH for text in texts) if len(texts) > 1 else texts[0]
    return [text for part in joined.split(PARAGRAPH) if any(map(str.isalnum, text := part.strip()))]

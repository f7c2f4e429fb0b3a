"""Body containers of a page to typed blocks in reading order."""

from collections.abc import Iterable, Iterator

from parsers.article import Block, BlockType
from parsers.characters import clean
from parsers.html import Node, Tree

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
# Two line breaks are how pages without <p> separate paragraphs; one break is a line of the same block.
_BREAK = "\x1f"
_PARAGRAPH_BREAK = _BREAK * 2


def remove(root: Tree | Node, css: str) -> None:
    """Take all matches out of the tree."""
    for node in root.css(css):
        node.decompose()


def read_blocks(containers: Iterable[Node], blocks: str, headings: str | None, leads: frozenset[int]) -> list[Block]:
    """The blocks of the containers, in document order, each text once.

    A block inside another one is left to the outer (`<li><p>`), except that frames such as `<blockquote>` leave their
    text to the blocks inside. Text that is separated by two line breaks becomes several blocks.

    Args:
        containers: body elements.
        blocks: selector inside a container; empty takes the container itself.
        headings: selector of blocks that are headings whatever their tag.
        leads: `mem_id` of nodes that are the standfirst.
    """
    found: list[Block] = []
    seen: set[int] = set()
    for container in containers:
        if container.mem_id in seen:  # a container inside another one
            continue
        _mark_breaks(container)
        nodes = [node for node in container.css(blocks) if node.mem_id not in seen] if blocks else [container]
        bold = {node.mem_id for node in container.css(headings)} if headings else set()
        chosen = {node.mem_id for node in nodes}
        frames = _frames(nodes)
        seen |= chosen
        for node in nodes:
            if node.mem_id in frames or _inside(node, chosen - frames, container.mem_id):
                continue
            kind = _kind(node, bold, leads)
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


def _kind(node: Node, headings: set[int], leads: frozenset[int]) -> BlockType:
    if node.mem_id in leads:
        return BlockType.LEAD
    if node.mem_id in headings:
        return BlockType.HEADING
    kind = _TYPES.get(node.tag or "", BlockType.PARAGRAPH)
    parent = node.parent
    if kind is BlockType.PARAGRAPH and parent is not None and parent.tag == "blockquote":
        return BlockType.QUOTE
    return kind


def _mark_breaks(container: Node) -> None:
    """Put a mark where a line break is: the text of a node joins what stands on both sides of `<br>`."""
    for node in container.css("br"):
        node.replace_with(_BREAK)


def _paragraphs(node: Node) -> list[str]:
    text = node.text()
    if _BREAK not in text:
        text = clean(text)
        return [text] if text else []
    # White space between two breaks doesn't join them again.
    joined = _BREAK.join(part.strip() for part in text.split(_BREAK))
    return [text for part in joined.split(_PARAGRAPH_BREAK) if (text := clean(part.replace(_BREAK, " ")))]

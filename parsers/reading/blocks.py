"""From the body elements of a page to typed blocks in reading order: all of their text, each piece once."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers.fields.characters import clean
from parsers.page.html import (
    BREAK,
    Node,
    Tree,
    mark_breaks,
    raw_text,
    select,
    stands_alone,
    text_of,
    upward,
    without_nested,
)
from parsers.record.article import Block, BlockType

# Elements that are one block each: nothing but phrases belongs inside them.
_LEAVES = {
    "p": None, "summary": None, "legend": None,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), BlockType.HEADING),
    "figcaption": BlockType.CAPTION, "caption": BlockType.CAPTION, "pre": BlockType.CODE,
}  # fmt: skip
# Elements that hold blocks. Text beside these blocks is a block too.
_FRAMES = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
    "fieldset", "figure", "footer", "form", "header", "hgroup", "li", "main", "menu", "nav", "ol", "section", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_ITEMS = frozenset({"li", "dt", "dd"})  # one block, whatever paragraphs it has; a list or quotation inside is not of it
_LISTS = frozenset({"ul", "ol", "dl", "menu", "dir", "table", "blockquote"})
# Replaces two line breaks, with which pages without <p> separate paragraphs; one break is a new line of the same block.
# A record separator can't occur in clean text.
PARAGRAPH = "\x1e"
_RULE = re.compile(r"(?:^|(?<=\s))_{3,}(?=\s|$)")  # typed between two parts of a text


def remove(root: Tree | Node, css: str) -> None:
    """Remove all matches below `root`, but never `root` itself."""
    inviolable = root.mem_id if isinstance(root, Node) else None
    for node in root.css(css):
        if node.mem_id != inviolable:
            node.decompose()


def read_blocks(
    containers: Sequence[Node], blocks: str | None, headings: str | None, leads: Collection[int]
) -> list[Block]:
    """The blocks of the containers, in document order, each text once; `leads` has the nodes of the standfirst."""
    flow = _Flow()
    for container in without_nested(containers):
        mark_breaks(container)
        flow.marks = dict.fromkeys(leads, BlockType.LEAD)
        if headings:
            flow.marks = dict.fromkeys(_covered(container.css(headings)), BlockType.HEADING) | flow.marks
        for root in without_nested(select(container, blocks)) if blocks else (container,):
            flow.read(root)
    return flow.found


def _covered(marks: Sequence[Node]) -> Iterator[int]:
    """The blocks that are one of `marks` or have all their text in one: `<p><strong>…</strong></p>`."""
    for mark in marks:
        block = next((part for part in upward(mark) if part.tag in _LEAVES or part.tag in _FRAMES), None)
        if block is not None and (block.mem_id == mark.mem_id or clean(mark.text()) == clean(block.text())):
            yield block.mem_id


@dataclass(slots=True)
class _Level:
    node: Node | None
    kind: BlockType
    item: bool  # blocks inside join the text of one item
    edge: str | None  # what its borders are in running text; None: they end a block


class _Flow:
    def __init__(self) -> None:
        self.found: list[Block] = []
        self.marks: Mapping[int, BlockType] = {}  # `mem_id` of an element -> its kind
        self._text: list[str] = []

    def read(self, root: Node) -> None:
        """Add the blocks of an element. Levels are kept in a list: hostile pages nest deeper than Python calls."""
        outside = _Level(None, _kind_around(root), item=False, edge=None)
        inside = self._enter(root, outside)
        levels = [inside] if inside else []
        while levels:
            level = levels[-1]
            node = level.node
            if node is None:
                self._cross(level, level.edge)
                levels.pop()
                continue
            level.node = node.next
            inner = self._enter(node, level)
            if inner:
                levels.append(inner)
        self._cross(outside, None)

    def _enter(self, node: Node, level: _Level) -> _Level | None:
        tag = node.tag or ""
        if tag == "-text":
            self._text.append(node.text())
        elif tag in _LEAVES:
            self._read_leaf(node, tag, level)
        elif tag in _FRAMES or ("-" in tag[1:] and stands_alone(node)):
            return self._open(node, tag, level)
        elif tag == "hr":
            self._cross(level, " " if level.item else None)
        elif node.first_child is not None:  # a phrase, which may hold blocks
            return _Level(node.first_child, self._kind(node, level.kind), level.item, edge="")
        return None

    def _read_leaf(self, node: Node, tag: str, level: _Level) -> None:
        text = node.text() if tag == "p" else raw_text(node)  # the parser allows no block in a <p>
        if level.item and tag == "p":
            self._text += (" ", text, " ")
            return
        self._cross(level, None)
        self._add(self._kind(node, _LEAVES[tag] or level.kind), text)

    def _open(self, node: Node, tag: str, level: _Level) -> _Level | None:
        if level.item and tag not in _ITEMS and tag not in _LISTS:
            self._cross(level, " ")
            return _Level(node.first_child, level.kind, item=True, edge=" ")
        self._cross(level, None)
        if tag == "table" and is_data_table(node):
            self.found += read_table(node)
            return None
        kind = level.kind
        if tag in _ITEMS:
            kind = BlockType.LIST_ITEM
        elif tag == "blockquote":
            kind = BlockType.QUOTE
        return _Level(node.first_child, self._kind(node, kind), tag in _ITEMS, edge=None)

    def _kind(self, node: Node, kind: BlockType) -> BlockType:
        return self.marks.get(node.mem_id, kind) if self.marks else kind

    def _cross(self, level: _Level, edge: str | None) -> None:
        """Pass a border inside `level`: one that ends a block, or one that only parts words."""
        if edge is not None:
            self._text.append(edge)
        elif self._text:
            text = "".join(self._text)
            self._text.clear()
            self._add(level.kind, text)

    def _add(self, kind: BlockType, text: str) -> None:
        """Add the paragraphs of a text. One without a letter or digit (`* * *`) is decoration."""
        if "___" in text:
            text = _RULE.sub(BREAK + BREAK, text)
        if BREAK not in text or kind is BlockType.LIST_ITEM:
            parts = [text]
        elif kind is BlockType.LEAD:  # each line of it is a point of its own
            parts = text.split(BREAK)
        else:
            parts = " ".join(clean(line) or PARAGRAPH for line in text.split(BREAK)).split(PARAGRAPH)
        for part in map(clean, parts):
            if part[:1].isalnum() or any(map(str.isalnum, part)):  # nearly all begin with a letter
                self.found.append(Block(kind, part))


def _kind_around(root: Node) -> BlockType:
    """The kind of a selected element that has no kind of its own: `blockquote > p` is a quotation."""
    parent = root.parent
    return BlockType.QUOTE if parent is not None and parent.tag == "blockquote" else BlockType.PARAGRAPH


# In cells of tables that lay out a page. A table with header cells may hold lists and a table of times.
_LAID_OUT = "table table table, blockquote, h1, h2, h3, p + p + p"
_PROSE = f"{_LAID_OUT}, p + p, table table, ul, ol, figure"
MIN_ROWS = 2  # one row of cells side by side is the layout of two columns
_CELL = " | "  # what parts the cells of a row; an empty cell is nothing between two
_MOST_COLUMNS = 50  # that a cell may span; hostile tables name any number
_CELLS = frozenset({"td", "th"})


def is_data_table(table: Node) -> bool:
    """Whether rows and columns mean something: header cells, or rows of cells that hold no prose."""
    headed = table.css_first("th") is not None
    if table.attributes.get("role") in ("presentation", "none") or table.css_first(_LAID_OUT if headed else _PROSE):
        return False
    rows = [row for row in table.css("tr") if len(row.css("td, th")) > 1]
    return len(rows) >= MIN_ROWS or (bool(rows) and headed)


def read_table(table: Node) -> Iterator[Block]:
    """The caption and a block for each row; rows without a letter or digit are left out."""
    for child in table.iter():
        if child.tag == "caption":
            yield Block(BlockType.CAPTION, text_of(child))
    spanned: dict[int, int] = {}  # column -> further rows that a cell above reaches into
    for row in table.css("tr"):
        if not _is_row_of(row, table):
            continue
        text = " ".join(_CELL.join(_cells(row, spanned)).split()).rstrip(" |")
        if any(map(str.isalnum, text)):
            yield Block(BlockType.TABLE, text)


def _is_row_of(row: Node, table: Node) -> bool:
    """Whether a row is one of the table and not of one inside; the parser puts rows into groups (HTML, 13.2.6.4.12)."""
    group = row.parent
    return group is not None and group.parent is not None and group.parent.mem_id == table.mem_id


def _cells(row: Node, spanned: dict[int, int]) -> Iterator[str]:
    """The texts of a row by column; a cell that spans more is written once, as the page shows it."""
    column = 0
    for cell in row.iter():
        if cell.tag not in _CELLS:
            continue
        while spanned.get(column, 0):
            spanned[column] -= 1
            yield ""
            column += 1
        yield text_of(cell)
        width, height = _span(cell, "colspan"), _span(cell, "rowspan")
        for further in range(column, column + width):
            spanned[further] = height - 1
        yield from [""] * (width - 1)
        column += width


def _span(cell: Node, name: str) -> int:
    stated = cell.attributes.get(name) or ""
    return max(1, min(int(stated), _MOST_COLUMNS)) if stated.isascii() and stated.isdigit() else 1

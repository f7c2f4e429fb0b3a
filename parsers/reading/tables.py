"""Tables of data, and those that only lay out a page."""

from collections.abc import Iterator

from parsers.page.html import Node, text_of
from parsers.record.article import Block, BlockType

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

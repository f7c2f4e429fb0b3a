"""Tables of data, and those that only lay out a page."""

from parsers.page.html import Node, text_of

_PROSE = "table table, ul, ol, figure, blockquote, h1, h2, h3, p + p"  # in cells of tables that lay out a page
MIN_ROWS = 2  # one row of cells side by side is the layout of two columns
CELL = " | "  # what parts the cells of a row


def is_data_table(table: Node) -> bool:
    """Whether rows and columns mean something: header cells, or rows of cells that hold no prose."""
    if table.attributes.get("role") in ("presentation", "none") or table.css_first(_PROSE) is not None:
        return False
    rows = [row for row in table.css("tr") if len(row.css("td, th")) > 1]
    return len(rows) >= MIN_ROWS or (bool(rows) and table.css_first("th") is not None)


def rows_of(table: Node) -> list[str]:
    """The text of each row, its cells parted by `CELL`; rows without a letter or digit are left out."""
    rows = (CELL.join(filter(None, map(text_of, row.css("td, th")))) for row in table.css("tr"))
    return [row for row in rows if any(map(str.isalnum, row))]

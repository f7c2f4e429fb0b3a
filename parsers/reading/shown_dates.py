"""The date that a page shows its readers, for articles of which neither layout nor metadata nor markup say it."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from parsers.fields.characters import clean
from parsers.fields.dates import Precision, Stamp, from_visible
from parsers.page.html import CODE, Node, inside, text_of, upward
from parsers.page.page import Page
from parsers.reading.times import is_of_others

_APART: Final = frozenset({"aside", "nav"})  # whose times are those of other stories; an article's footer has its own
_NO_DATE: Final = _APART | CODE | {"blockquote", "figure"}
_LONGEST: Final = 100  # characters of a text with a date; a longer one is prose
_LONGEST_RAW: Final = (
    2_000  # of such a text with its white space; cleaning a whole page thirty times would take seconds
)
_PIECES: Final = 30  # of text after the headline among which a date is looked for
_PROSE: Final = 5  # long ones among them, of which the first may be a standfirst
_SENTENCE: Final = 8  # spaces in one that names a date beside other things
_AROUND: Final = 2  # elements around a piece: day and time may be in one each
_TITLE_DATE: Final = re.compile(r"[|–—-]\s*([^|–—]*\b(?:19|20)\d\d)$")
_DATED: Final = '[class*="date" i], [class*="datum" i], [class*="publi" i]'
_LEVELS: Final = 3  # elements around a headline; further out stand other stories, and today's date
_MOST_DATED: Final = 5


def shown_date(page: Page, headline: Node | None) -> Stamp | None:
    """The date at the end of the title, the first among the texts after the headline, beside it, or of a `<time>`."""
    return next(filter(None, (_stamp(texts, page.timezone) for texts in _texts(page, headline))), None)


def _stamp(texts: list[str], zone: str) -> Stamp | None:
    """The date in the first of the texts, each of which is a part of the next; with its time, if one has that too."""
    stamps = [stamp for text in texts if (stamp := from_visible(text, zone)).at is not None]
    exact = (stamp for stamp in stamps if stamp.precision is not Precision.DAY)
    return next(exact, stamps[0]) if stamps else None


def _texts(page: Page, headline: Node | None) -> Iterator[list[str]]:
    title = _TITLE_DATE.search(page.metadata.title[-_LONGEST:])
    yield [title[1]] if title else []
    if headline is not None:
        yield from _after(headline)
        yield from ([text] for text in _beside(headline) if len(text) <= _LONGEST)
    times = (node for node in page.tree.css("time") if not inside(node, _APART, set()) and not is_of_others(node))
    yield [node.attributes.get("datetime") or text_of(node) for node in islice(times, 1)]


def _after(headline: Node) -> Iterator[list[str]]:
    """The first short texts after the headline that are in no quotation, picture or other story, with those around."""
    prose = 0
    for piece in islice(_pieces_after(headline), _PIECES):
        parts = islice(upward(piece.parent), _AROUND)
        raw = (text for part in parts if len(text := part.text(separator=" ")) <= _LONGEST_RAW)
        short = [text for text in map(clean, raw) if not _is_prose(text)]
        if short and not inside(piece, _NO_DATE, set()) and not is_of_others(piece):
            yield short
        prose += not short
        if prose == _PROSE:
            return


def _is_prose(text: str) -> bool:
    return len(text) > _LONGEST or (text.endswith((".", "!", "?", "。")) and text.count(" ") >= _SENTENCE)


def _pieces_after(headline: Node) -> Iterator[Node]:
    for part in upward(headline):
        node = part.next
        while node is not None:
            pieces = (inner for inner in node.traverse(include_text=True) if inner.tag == "-text")
            yield from (piece for piece in pieces if not piece.text().isspace())
            node = node.next


def _beside(headline: Node) -> Iterator[str]:
    """Texts of elements named as dates in the nearest elements around the headline, up to its article."""
    above = headline.parent
    for _ in range(_LEVELS):
        if above is None or above.tag in ("body", "main"):
            return
        yield from map(text_of, above.css(_DATED)[:_MOST_DATED])
        above = None if above.tag == "article" else above.parent

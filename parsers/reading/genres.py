"""What kind of article a page holds: as its layout, its JSON-LD, its section or its address says."""

from collections.abc import Iterator
from typing import Final

from parsers.fields.words import by_word
from parsers.page.html import text_of
from parsers.page.page import Page
from parsers.reading.live_blogs import live_blog
from parsers.reading.readings import text_field
from parsers.record.origins import by_layout
from parsers.source.definition import Layout

_TYPES: Final = by_word("genre_types")
_NEWS: Final = frozenset({"NewsArticle", "ReportageNewsArticle"})  # which sites call all that they write
_WORDS: Final = by_word("genres")
_PARTING: Final = str.maketrans("?#", "//")


def genres(page: Page, layout: Layout, section: str | None) -> Iterator[tuple[str | None, str]]:
    """Readings of the genre, most trusted first."""
    if isinstance(layout.genre, str):
        tags = ((text_of(node), node.attributes.get("href") or "") for node in page.select(layout.genre))
        yield next(filter(None, (_said(f"{text}/{href}/") for text, href in tags)), None), by_layout(layout.genre)
    elif layout.genre is not None:
        yield text_field(page, layout.genre), by_layout(layout.genre)
    yield "live" if live_blog(page.metadata) else None, "JSON-LD LiveBlogPosting"
    metadata = page.metadata
    origin = f"{metadata.subject}, its type"
    yield next((genre for name, genre in _TYPES.items() if name in metadata.types), None), origin
    yield _said(f"{section}/"), "section"
    yield _said(page.url or ""), "address"
    yield "news" if metadata.types & _NEWS else None, origin


def _said(text: str) -> str | None:
    """The genre that a part says, but the last: of an address, that is the article's own."""
    parts = text.casefold().translate(_PARTING).split("/")
    return next(filter(None, map(_WORDS.get, parts[:-1])), None)

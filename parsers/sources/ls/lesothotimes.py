"""Lesotho Times, https://lestimes.com. Layout verified on saved pages from 2025-05 and 2025-11."""

from collections.abc import Sequence

from parsers.fields.bylines import split_names
from parsers.page.html import text_of, texts
from parsers.page.page import Page
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists


def _authors(page: Page) -> Sequence[str]:
    """The reporters, whom a bold paragraph names above the text, below points in italics."""
    for paragraph in page.select(".entry-content > p"):
        text = text_of(paragraph)
        if text and text == " ".join(texts(paragraph, "strong")):
            return split_names(text)
        if text and paragraph.css_first("em") is None:
            break
    return ()


SOURCE = Source(
    name="lesothotimes",
    title="Lesotho Times",
    hosts=("lestimes.com",),
    language="en",
    timezone="Africa/Maseru",
    discovery=(Feed("https://lestimes.com/feed/"), OwnLists()),
    verified="feed named on saved pages from 2025-05 and 2025-11",
    layouts=(Layout("2025-05", authors=_authors),),
    generic=True,
)

"""BBC, https://www.bbc.com and https://www.bbc.co.uk. Layouts verified on saved pages from 2024-08 and 2026-04."""

import re
from dataclasses import replace

from parsers.page.html import texts
from parsers.page.page import Page
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, NewsSitemap

# Each part of a story is an element with a kind of its own, side by side; the text is in these, whatever their class.
_TEXT = (
    '[data-component="text-block"] :is(p, li, blockquote), [data-component="quote-block"] :is(p, blockquote),'
    ' [data-component="unordered-list-block"] li, [data-component="ordered-list-block"] li,'
    ' [data-component="subheadline-block"] :is(h2, h3, h4), [data-component="crosshead-block"] :is(h2, h3, h4)'
)


def _byline(page: Page) -> str | None:
    """Contributors and their roles, each in a separate element."""
    contributors = page.select('[data-testid^="byline"][data-testid$="contributors"] > div')
    return "; ".join(", ".join(texts(node, "span")) for node in contributors)


_TODAY = Layout(
    "2026-04",
    body="article",
    when='main#bbc-main article [data-component="text-block"]',
    blocks=_TEXT,
    drop='[data-component="ad-slot"]',
    byline=_byline,
    section=lambda page: page.metadata.first("page.subsection", "page.section"),
    topics='[data-component="tags"] a, [data-component="tag-list-block"] a, [data-component="topic-list"] a',
    related='[data-component="links-block"] a',
    figures="article figure",
    credit='[data-testid$="image"] span',
)

SOURCE = Source(
    name="bbc",
    title="BBC",
    hosts=("bbc.com", "bbc.co.uk"),
    language="en-GB",
    timezone="Europe/London",
    version=3,
    discovery=(
        Feed("https://feeds.bbci.co.uk/news/rss.xml"),
        Feed("https://feeds.bbci.co.uk/news/world/rss.xml"),
        NewsSitemap("https://www.bbc.com/sitemaps/https-index-com-news.xml"),
    ),
    # The sitemaps cover all languages; these are the English sections, without videos.
    article_url=re.compile(r"^/(news|sport|business|innovation|culture|future|travel|worklife)/(?!videos/|av/)"),
    layouts=(_TODAY, replace(_TODAY, name="2024-08", when='article [data-component="text-block"]')),
    generic=True,
)

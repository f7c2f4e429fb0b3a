"""BBC, https://www.bbc.com and https://www.bbc.co.uk. Layouts verified on saved pages of 2024-08 and 2026-04.

Discovery is as publicly known, and has not been tried against the live site.
"""

import re
from dataclasses import replace

from parsers.fields.characters import unique
from parsers.fields.urls import absolute
from parsers.page.html import select, text_of, texts
from parsers.page.page import Page
from parsers.record.article import Block, BlockType
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, NewsSitemap

# Every piece of a story is an element of its own kind, side by side; the text is in these, whatever their classes are.
_TEXT = (
    '[data-component="text-block"] :is(p, li, blockquote), [data-component="quote-block"] :is(p, blockquote),'
    ' [data-component="unordered-list-block"] li, [data-component="ordered-list-block"] li,'
    ' [data-component="subheadline-block"] :is(h2, h3, h4), [data-component="crosshead-block"] :is(h2, h3, h4)'
)
_TAGS = '[data-component="tags"] a, [data-component="tag-list-block"] a, [data-component="topic-list"] a'
_LISTS = '[data-component="text-block"] ul, [data-component$="list-block"] ul'
# Contributors with their roles, each in an element of its own.
_CONTRIBUTOR = '[data-testid^="byline"][data-testid$="contributors"] > div'


def _byline(page: Page) -> str | None:
    contributors = page.select(_CONTRIBUTOR)
    return "; ".join(", ".join(texts(node, "span")) for node in contributors)


def _section(page: Page) -> str | None:
    return page.metadata.first("page.subsection", "page.section")


def _part_links_from_prose(page: Page, draft: Draft) -> None:
    """Lists of which every item is nothing but a link are other stories to read, put between the paragraphs."""
    listings = [listing for article in page.select("article") for listing in select(article, _LISTS)]
    for listing in listings:
        items = listing.css("li")
        links = [item.css("a") for item in items]
        if not items or any(
            len(found) != 1 or text_of(found[0]) != text_of(item) for found, item in zip(links, items, strict=True)
        ):
            continue
        titles = [text_of(item) for item in items]
        addresses = (absolute(found[0].attributes.get("href"), page.url) for found in links)
        draft.related_titles = unique([*draft.related_titles, *titles])
        draft.related_urls = unique([*draft.related_urls, *filter(None, addresses)])
        gone = {Block(BlockType.LIST_ITEM, title) for title in titles}
        draft.body = [block for block in draft.body if block not in gone]


_TODAY = Layout(
    "2026-04",
    body="article",
    when='main#bbc-main article [data-component="text-block"]',
    blocks=_TEXT,
    drop='[data-component="ad-slot"]',
    byline=_byline,
    section=_section,
    topics=_TAGS,
    related='[data-component="links-block"] a',
    figures="article figure",
    credit='[data-testid$="image"] span',
    refine=_part_links_from_prose,
)

SOURCE = Source(
    name="bbc",
    title="BBC",
    hosts=("bbc.com", "bbc.co.uk"),
    language="en-GB",
    timezone="Europe/London",
    version=1,
    discovery=(
        Feed("https://feeds.bbci.co.uk/news/rss.xml"),
        Feed("https://feeds.bbci.co.uk/news/world/rss.xml"),
        NewsSitemap("https://www.bbc.com/sitemaps/https-index-com-news.xml"),
    ),
    # The sitemaps are of all languages; these are the sections in English, without their videos.
    article_url=re.compile(r"^/(news|sport|business|innovation|culture|future|travel|worklife)/(?!videos/|av/)"),
    layouts=(_TODAY, replace(_TODAY, name="2024-08", when='article [data-component="text-block"]')),
)

"""BBC, https://www.bbc.com and https://www.bbc.co.uk. Layouts verified on saved pages from 2024-08 and 2026-04.

Discovery follows public documentation and has not been tried against the live site.
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

# Each part of a story is an element with a kind of its own, side by side; the text is in these, whatever their class.
_TEXT = (
    '[data-component="text-block"] :is(p, li, blockquote), [data-component="quote-block"] :is(p, blockquote),'
    ' [data-component="unordered-list-block"] li, [data-component="ordered-list-block"] li,'
    ' [data-component="subheadline-block"] :is(h2, h3, h4), [data-component="crosshead-block"] :is(h2, h3, h4)'
)
_TAGS = '[data-component="tags"] a, [data-component="tag-list-block"] a, [data-component="topic-list"] a'
_LISTS = '[data-component="text-block"] ul, [data-component$="list-block"] ul'
# Contributors and their roles, each in a separate element.
_CONTRIBUTOR = '[data-testid^="byline"][data-testid$="contributors"] > div'


def _byline(page: Page) -> str | None:
    contributors = page.select(_CONTRIBUTOR)
    return "; ".join(", ".join(texts(node, "span")) for node in contributors)


def _section(page: Page) -> str | None:
    return page.metadata.first("page.subsection", "page.section")


def _part_links_from_prose(page: Page, draft: Draft) -> None:
    """Lists between the paragraphs whose items are nothing but links offer other stories."""
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
    version=2,
    discovery=(
        Feed("https://feeds.bbci.co.uk/news/rss.xml"),
        Feed("https://feeds.bbci.co.uk/news/world/rss.xml"),
        NewsSitemap("https://www.bbc.com/sitemaps/https-index-com-news.xml"),
    ),
    # The sitemaps cover all languages; these are the English sections, without videos.
    article_url=re.compile(r"^/(news|sport|business|innovation|culture|future|travel|worklife)/(?!videos/|av/)"),
    layouts=(_TODAY, replace(_TODAY, name="2024-08", when='article [data-component="text-block"]')),
)

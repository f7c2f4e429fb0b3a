"""BBC, https://www.bbc.com and https://www.bbc.co.uk. Layouts verified on saved pages of 2024-08 and 2026-04."""

from dataclasses import replace

from parsers.article import Block, BlockType, Image
from parsers.characters import unique
from parsers.draft import Draft
from parsers.html import attribute, text_of, texts
from parsers.page import Page
from parsers.source import FURNITURE, Layout, Source
from parsers.urls import absolute

# Every piece of a story is an element of its own kind, side by side; the text is in these, whatever their classes are.
_TEXT = (
    '[data-component="text-block"] :is(p, li, blockquote), [data-component="quote-block"] :is(p, blockquote),'
    ' [data-component="unordered-list-block"] li, [data-component="ordered-list-block"] li,'
    ' [data-component="subheadline-block"] :is(h2, h3, h4), [data-component="crosshead-block"] :is(h2, h3, h4)'
)
_TAGS = '[data-component="tags"] a, [data-component="tag-list-block"] a, [data-component="topic-list"] a'
# Contributors with their roles, each in an element of its own.
_CONTRIBUTOR = '[data-testid^="byline"][data-testid$="contributors"] > div'


def _byline(page: Page) -> str | None:
    contributors = page.tree.css(_CONTRIBUTOR)
    return "; ".join(", ".join(texts(node, "span")) for node in contributors)


def _section(page: Page) -> str | None:
    return page.metadata.first("page.subsection", "page.section")


def _refine(page: Page, draft: Draft) -> None:
    _pictures(page, draft)
    _part_links_from_prose(page, draft)


def _pictures(page: Page, draft: Draft) -> None:
    """Pictures with caption and credit. The first `img` of each is a grey placeholder."""
    found: dict[str, Image] = {}
    for frame in page.tree.css("article figure"):
        address = absolute(attribute(frame, "img[src]:not(.hide-when-no-script)", "src"), page.url)
        if address:
            caption, credit = (" ".join(texts(frame, css)) for css in ("figcaption", '[data-testid$="image"] span'))
            found.setdefault(address, Image(address, caption or None, credit or None))
    draft.images = tuple(found.values()) or draft.images
    draft.photo_credits = unique(image.credit for image in draft.images if image.credit)


def _part_links_from_prose(page: Page, draft: Draft) -> None:
    """Lists of which every item is nothing but a link are other stories to read, put between the paragraphs."""
    for listing in page.tree.css('article [data-component="text-block"] ul, article [data-component$="list-block"] ul'):
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
    furniture=FURNITURE.removesuffix(", figure"),  # pictures are read after the body; they hold no selected block
    byline=_byline,
    section=_section,
    topics=_TAGS,
    related='[data-component="links-block"] a',
    refine=_refine,
)

SOURCE = Source(
    name="bbc",
    title="BBC",
    hosts=("bbc.com", "bbc.co.uk"),
    language="en-GB",
    timezone="Europe/London",
    version=1,
    layouts=(_TODAY, replace(_TODAY, name="2024-08", when='article [data-component="text-block"]')),
)

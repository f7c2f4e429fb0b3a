"""AP News, https://apnews.com. Layout 2021 verified on saved pages from 2023-04, 2023-07 from 2024-02 to 09.

Discovery follows public documentation and has not been tried against the live site.
"""

import re

from parsers.fields.characters import unique
from parsers.page.metadata import as_texts, keywords
from parsers.page.page import Page
from parsers.record.article import Block
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source
from parsers.source.discovery import WHOLE_HISTORY, NewsSitemap, Sitemap

# Names of AP's wires and desks, which route a story to customers and don't say what it is about; single letters are the
# wire's category codes.
_ROUTING = re.compile(
    r".* State Wire|\w"
    r"|(AP Top|General|Domestic|International|National|World|Washington|U\.S\.|Business|Financial) news",
    re.I,
)
# AP's rule between parts of a text, if it is inside a paragraph.
_RULE = re.compile(r"(?:^|(?<=\s))_{3,}(?=\s|$)")
# Notes at the end that are not part of the story: who contributed, and where AP has more.
_NOTE = re.compile(
    r"AP\b.*https?://|Follow (the )?AP\b|More AP |(The )?Associated Press (created|receives|is solely|.*contribut)"
    r"|This is part of (the )?AP|This story (has been|was) |.*\b(reported from|contributed (to this report|from))\b",
    re.I,
)
_CREDIT = re.compile(r"\(([^()]*\b(?:AP|via)\b[^()]*)\)$")  # "… in Kyiv. (AP Photo/Jane Roe)", "(John Doe via AP)"
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def _topics(page: Page) -> tuple[str, ...]:
    """Keywords without routing tags and without the slug, the only one that the meta element leaves out."""
    metadata = page.metadata
    stated = metadata.first("keywords")
    named = as_texts(metadata.article.get("keywords")) or keywords(stated)
    topics = unique(name for name in named if not _ROUTING.fullmatch(name))
    if not stated:
        return topics
    shown = _letters(stated)
    return tuple(name for name in topics if name in stated or _letters(name) in shown)


def _letters(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text)


def _parted(block: Block) -> list[Block]:
    return [Block(block.type, text) for text in map(str.strip, _RULE.split(block.text)) if text]


def _without_notes(_page: Page, draft: Draft) -> None:
    """Split the blocks at rules inside them, and remove the notes at the end."""
    blocks = [piece for block in draft.body for piece in (_parted(block) if "___" in block.text else (block,))]
    while blocks and _NOTE.match(blocks[-1].text):
        blocks.pop()
    draft.body = blocks


SOURCE = Source(
    name="apnews",
    title="AP News",
    hosts=("apnews.com",),
    language="en",
    timezone="America/New_York",
    version=2,
    discovery=(
        NewsSitemap("https://apnews.com/news-sitemap-content.xml"),
        Sitemap(
            "https://apnews.com/ap-sitemap.xml",
            dated=re.compile(r"-(?P<year>\d{4})(?P<month>\d{2})\.xml"),  # ap-sitemap-202304.xml
        ),
    ),
    article_url=re.compile(r"^/article/"),
    horizon_days=WHOLE_HISTORY,
    layouts=(
        Layout(
            "2023-07",
            body="div.RichTextStoryBody",
            byline="div.Page-authors",
            # Enhancements are boxes between paragraphs, but LinkEnhancement is every link of the text.
            drop='.Advertisement, .Enhancement, .Infobox, [class*="Enhancement"][data-align-center]',
            related=".PageListEnhancementGeneric .PagePromo-title a",
            topics=_topics,
            # One picture, or a carousel of pictures and videos.
            figures=".Page-lead figure, .Page-lead .Carousel-slide:has(img)",
            caption="figcaption, .CarouselSlide-infoDescription",
            credit=_CREDIT,
            refine=_without_notes,
        ),
        Layout(
            "2021",
            body="div.Article[data-key=article]",
            byline='[class*="bylines"]',
            drop='.ad-placeholder, .hub-peek-embed, .Infobox, [data-key="media-placeholder"]',
            topics=_topics,
            figures='[data-key="embed-caption"]',  # of the single picture, which scripts load
            caption='[data-key="embed-caption"]',
            credit=_CREDIT,
            refine=_without_notes,
        ),
    ),
)

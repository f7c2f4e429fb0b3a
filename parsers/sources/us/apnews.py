"""AP News, https://apnews.com. Layout 2021 verified on saved pages from 2023-04, 2023-07 from 2024-02 to 09."""

import re
from dataclasses import replace

from parsers.fields.characters import letters
from parsers.page.metadata import as_texts, keywords
from parsers.page.page import Page
from parsers.source.definition import Layout, Source
from parsers.source.discovery import WHOLE_HISTORY, NewsSitemap, Sitemap

# Names of AP's wires and desks, which route a story to customers, and the wire's category codes of one letter.
_ROUTING = re.compile(
    r".* State Wire|\w|(AP Top|General|(Dom|N)\w+|International|World|Washington|U\.S\.|Business|Financial) news", re.I
)
# Who contributed, and where AP has more.
_NOTES = re.compile(
    r"AP\b.*https?://|(Follow|More|This is part of) (the )?AP\b|This story (has been|was) "
    r"|(The )?Associated Press (created|receives|is solely|.*contribut)|.*\b(report|contribut)ed from\b",
    re.I,
)


def _topics(page: Page) -> tuple[str, ...]:
    """Keywords without routing tags and without the slug, the only one that the meta element leaves out."""
    stated = page.metadata.first("keywords")
    named = as_texts(page.metadata.article.get("keywords")) or keywords(stated)
    shown = letters(stated) if stated else letters("".join(named))
    return tuple(name for name in named if letters(name) in shown and not _ROUTING.fullmatch(name))


_TODAY = Layout(
    "2023-07",
    body="div.RichTextStoryBody",
    byline="div.Page-authors",
    # Enhancements are boxes between paragraphs, but LinkEnhancement is every link of the text.
    drop='.Enhancement, .Infobox, [class*="Enhancement"][data-align-center]',
    related=".PageListEnhancementGeneric .PagePromo-title a",
    topics=_topics,
    figures=".Page-lead figure, .Page-lead .Carousel-slide:has(img)",  # one picture, or pictures and videos
    caption="figcaption, .CarouselSlide-infoDescription",
    notes=_NOTES,
)
_2021 = replace(
    _TODAY,
    name="2021",
    body="div.Article[data-key=article]",
    byline='[class*="bylines"]',
    drop='.hub-peek-embed, .Infobox, [data-key="media-placeholder"]',
    related=None,
    figures='[data-key="embed-caption"]',  # of the single picture, which scripts load
    caption='[data-key="embed-caption"]',
)

SOURCE = Source(
    name="apnews",
    title="AP News",
    hosts=("apnews.com",),
    language="en",
    timezone="America/New_York",
    version=3,
    discovery=(
        NewsSitemap("https://apnews.com/news-sitemap-content.xml"),
        Sitemap("https://apnews.com/ap-sitemap.xml", dated=re.compile(r"-(?P<year>\d{4})(?P<month>\d{2})\.xml")),
    ),
    article_url=re.compile(r"^/article/"),
    horizon_days=WHOLE_HISTORY,
    layouts=(_TODAY, _2021),
    generic=True,
)

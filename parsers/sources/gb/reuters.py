"""Reuters, https://www.reuters.com. Layout 2021 verified on saved pages from 2023-05 and 2024-03."""

import re

from parsers.fields.characters import unique
from parsers.page.html import outermost, text_of
from parsers.page.page import Page
from parsers.source.definition import Layout, Source
from parsers.source.discovery import NewsSitemap

_NAMES = '[class*="author-name"], [class*="info-content__author__"]'


def _byline(page: Page) -> str:
    """The names in the header only: classes are long here, and searching a whole article takes long."""
    named = [text_of(node) for header in page.select("header") for node in outermost(header, _NAMES)]
    return ", ".join(unique(named or page.texts(_NAMES)))


def _topics(page: Page) -> tuple[str, ...]:
    """Section and channels; the keywords are codes of the feed (`MTPIX`, `ASXPAC`), meaningless to readers."""
    channels = page.metadata.first("dcsext.channellist") or ""
    return unique([*page.metadata.all("article:section"), *(name.strip() for name in channels.split(";"))])


SOURCE = Source(
    name="reuters",
    title="Reuters",
    hosts=("reuters.com",),
    language="en",
    timezone="UTC",
    version=3,
    discovery=(NewsSitemap("https://www.reuters.com/arc/outboundfeeds/news-sitemap-index/?outputType=xml"),),
    article_url=re.compile(r"-\d{4}-\d{2}-\d{2}/?(\?|$)"),
    layouts=(
        Layout(
            "2021",
            body='div[class^="article-body"][class*="content__"]',
            blocks='[data-testid^="paragraph-"], h2, h3, h4, ul > li, ol > li, blockquote',
            # The sign-off (reporters, editors) and the link to the standards share an attribute; toolbars and galleries
            # are lists too. Text for screen readers ("opens new tab") is in links.
            drop='[data-testid="Body"], [data-testid^="ResponsiveAd"], [data-testid*="oolbar"], [class*="toolbar"], '
            '[data-testid^="gallery"], [data-testid^="social_media"], [data-testid^="promo"], [class*="read-next"], '
            '[data-testid*="Newsletter"], a > span[style*="clip"]',
            byline=_byline,
            topics=_topics,
            access=lambda page: page.metadata.first("article:content_tier"),
        ),
    ),
    generic=True,
)

"""Reuters, https://www.reuters.com. Layout 2021 verified on saved pages of 2023-05 and 2024-03."""

import re
from dataclasses import replace

from parsers.characters import unique
from parsers.draft import Draft
from parsers.metadata import as_texts
from parsers.page import Page
from parsers.source import Layout, Source

# "REUTERS/Jane Roe/File Photo", "@someone/via REUTERS", "Yonhap via REUTERS"
_CREDIT = re.compile(r"(?:\S+[ /])?via REUTERS|REUTERS(?:/[\w'’ -]+)+")


def _authors(page: Page) -> tuple[str, ...]:
    """Names of JSON-LD, in 2023 held under `byline`; else of the meta element, where commas separate them."""
    stated = page.metadata.article.get("author")
    people = [person for person in (stated if isinstance(stated, list) else [stated]) if isinstance(person, dict)]
    named = as_texts([person.get("name") or person.get("byline") for person in people])
    return named or tuple(name.strip() for line in page.metadata.all("article:author") for name in line.split(","))


def _topics(page: Page) -> tuple[str, ...]:
    """Section and channels; the keywords are codes of the feed (`MTPIX`, `ASXPAC`) that say nothing to a reader."""
    channels = page.metadata.first("dcsext.channellist") or ""
    return unique([*page.metadata.all("article:section"), *(name.strip() for name in channels.split(";"))])


def _refine(page: Page, draft: Draft) -> None:
    """Caption and credit of the leading picture, which the page repeats to machines without its licensing links."""
    caption = page.metadata.first("og:image:alt", "twitter:image:alt")
    if caption and draft.images:
        credit = _CREDIT.search(caption)
        leading = replace(draft.images[0], caption=caption, credit=credit[0] if credit else None)
        draft.images = (leading, *draft.images[1:])
        draft.photo_credits = unique(image.credit for image in draft.images if image.credit)


SOURCE = Source(
    name="reuters",
    title="Reuters",
    hosts=("reuters.com",),
    language="en",
    timezone="UTC",
    version=1,
    layouts=(
        Layout(
            "2021",
            body='[class*="article-body"][class*="content__"]',
            blocks='[data-testid^="paragraph-"], h2, h3, h4, ul > li, ol > li, blockquote',
            # The sign-off (reporters, editors) and the link to the standards share an attribute; toolbars and galleries
            # are lists too. What is hidden but read aloud ("opens new tab") stands in links.
            drop='[data-testid="Body"], [data-testid^="ResponsiveAd"], [data-testid*="oolbar"], [class*="toolbar"], '
            '[data-testid^="gallery"], [data-testid^="social_media"], [data-testid^="promo"], [class*="read-next"], '
            '[data-testid*="Newsletter"], a > span[style*="clip"]',
            byline='[class*="author-name"], [class*="info-content__author__"]',
            authors=_authors,
            topics=_topics,
            access='meta[name="article:content_tier"]',
            refine=_refine,
        ),
    ),
)

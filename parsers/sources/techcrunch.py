"""TechCrunch, https://techcrunch.com. Layouts verified on saved pages from 2024-04 and 2024-05 (the redesign).

Those pages name the feed; the sitemap follows public documentation. Neither has been tried against the live site.
"""

import re

from parsers.page.metadata import as_text
from parsers.page.page import Page
from parsers.source.definition import Layout, Source
from parsers.source.discovery import WHOLE_HISTORY, Feed, Sitemap

_CREDIT = re.compile(r"\(?\bImage(?: Credits)?:\s*(.+?)\)?$", re.I)
_SUFFIX = re.compile(r"\s*[|\u2013-]\s*TechCrunch\+?$")
# Embedded posts, adverts, and boxes that offer newsletters, events and podcasts.
_DROP = (
    "blockquote.twitter-tweet, blockquote.instagram-media, blockquote.tiktok-embed, .embed, .ad-unit, .wp-caption,"
    ' .piano-inline-promo, [class*="inline-cta"], [class*="newsletter"], [class*="podcast-player"]'
)


def _title(page: Page) -> str | None:
    """The headline as typed; in JSON-LD and the page, WordPress has replaced the quotation marks."""
    return _SUFFIX.sub("", page.metadata.first("og:title") or "")


def _access(page: Page) -> str | None:
    """Stated for the web page, not for its article."""
    stated = (as_text(found.get("isAccessibleForFree")) for found in page.metadata.objects)
    return next((text for text in stated if text), None)


SOURCE = Source(
    name="techcrunch",
    title="TechCrunch",
    hosts=("techcrunch.com",),
    language="en",
    timezone="America/Los_Angeles",
    version=2,
    discovery=(
        Feed("https://techcrunch.com/feed/"),
        Sitemap(
            "https://techcrunch.com/sitemap.xml",
            dated=re.compile(r"yyyy=(?P<year>\d{4})&mm=(?P<month>\d{2})(?:&dd=(?P<day>\d{2}))?"),
            children=re.compile(r"[?&]yyyy=\d{4}"),  # of the plugin for WordPress VIP: one sitemap a day
        ),
    ),
    article_url=re.compile(r"^/\d{4}/\d{2}/\d{2}/[^/]+"),
    horizon_days=WHOLE_HISTORY,
    layouts=(
        Layout(
            "2024-05",
            body="div.entry-content.wp-block-post-content",
            when='meta[property="article:published_time"]',  # pages about events and the like have none
            drop=_DROP,
            title=_title,
            # Only those of the story: the cards of other stories below it have authors too.
            byline='[class*="-hero"] div[class*="author-card-name"] > a',
            access=_access,
            figures='[class*="-hero"] > figure, div.entry-content figure',
            credit=_CREDIT,
        ),
        Layout(
            "2024-04",
            body="article.article-container div.article-content",
            drop=_DROP,
            title=_title,
            byline=".article__byline > a",
            access=_access,
            figures=".article__featured-image-wrapper, .article-content figure, .article-content .wp-caption",
            caption="figcaption, .wp-caption-text",
            credit=_CREDIT,
        ),
    ),
)

"""TechCrunch, https://techcrunch.com. Layouts verified on saved pages from 2024-04 and 2024-05 (the redesign)."""

import re

from parsers.source.definition import Layout, Source
from parsers.source.discovery import WHOLE_HISTORY, Feed, Sitemap

# Boxes that offer newsletters, events and podcasts.
_DROP = '.wp-caption, .piano-inline-promo, [class*="inline-cta"], [class*="newsletter"], [class*="podcast-player"]'
# The headline as typed; in JSON-LD and the page, WordPress has replaced the quotation marks.
_TITLE = 'meta[property="og:title"]'
# Pages about events and the like have none.
_ARTICLE = 'meta[property="article:published_time"]'

SOURCE = Source(
    name="techcrunch",
    title="TechCrunch",
    hosts=("techcrunch.com",),
    language="en",
    timezone="America/Los_Angeles",
    version=3,
    discovery=(
        Feed("https://techcrunch.com/feed/"),
        Sitemap(
            "https://techcrunch.com/sitemap.xml",
            dated=re.compile(r"yyyy=(?P<year>\d{4})&mm=(?P<month>\d{2})(?:&dd=(?P<day>\d{2}))?"),
            children=re.compile(r"[?&]yyyy=\d{4}"),  # of the plugin for WordPress VIP: one sitemap a day
        ),
    ),
    verified="feed named on saved pages from 2024-04 and 2024-05",
    article_url=re.compile(r"^/\d{4}/\d{2}/\d{2}/[^/]+"),
    horizon_days=WHOLE_HISTORY,
    layouts=(
        Layout(
            "2024-05",
            body="div.entry-content.wp-block-post-content",
            when=_ARTICLE,
            drop=_DROP,
            title=_TITLE,
            # Only those of the story: the cards of other stories below it have authors too.
            byline='[class*="-hero"] div[class*="author-card-name"] > a',
            figures='[class*="-hero"] > figure, div.entry-content figure',
        ),
        Layout(
            "2024-04",
            body="article.article-container div.article-content",
            drop=_DROP,
            title=_TITLE,
            byline=".article__byline > a",
            figures=".article__featured-image-wrapper, .article-content figure, .article-content .wp-caption",
        ),
        Layout("other", when=_ARTICLE, title=_TITLE),  # older and newer templates, by the generic reader
    ),
)

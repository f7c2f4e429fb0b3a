"""The Independent, https://www.independent.co.uk. Verified on saved pages from 2024-03 (AMP) and 2024-11."""

import re

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, NewsSitemap

SOURCE = Source(
    name="theindependent",
    title="The Independent",
    hosts=("independent.co.uk", "the-independent.com"),
    language="en",
    timezone="Europe/London",
    version=5,
    discovery=(
        Feed("https://www.independent.co.uk/rss"),
        NewsSitemap("https://www.independent.co.uk/sitemaps/googlenews"),
    ),
    article_url=re.compile(r"-[ab]\d+\.html"),
    layouts=(
        Layout(
            "2020",
            body="#articleHeader, #main",
            when="#main",
            blocks="#main",  # the header holds the standfirst
            lead="#articleHeader h2",
            # The posts of a live blog have their own authors and times, and a page shows only the newest posts.
            drop="#main > div:has(.video-top-container), .hydrate-root, .newsletter-component, .related, .teads, "
            '.twitter-tweet, .instagram-media, amp-live-list, .js-key-points, [id^="post-"]',
            byline='#articleHeader a[href*="/author/"]',
            credit=re.compile(r"\(([^()]+)\)$"),  # "Jane Roe on stage (The Independent)"
        ),
    ),
    generic=True,
)

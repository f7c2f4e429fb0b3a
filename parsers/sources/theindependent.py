"""The Independent, https://www.independent.co.uk. Layout 2020 verified on saved pages from 2024-03 (AMP) and 2024-11.

Discovery follows public documentation and has not been tried against the live site.
"""

import re

from parsers.page.metadata import types_of
from parsers.page.page import Page
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, NewsSitemap

# Notes that a story is unfinished describe the page at that moment and are not part of the story.
_UNFINISHED = re.compile(r"(this is a breaking news? story|more (to )?follows?)\b.{0,60}", re.I)
_CREDIT = re.compile(r"\(([^()]+)\)$")  # "Jane Roe on stage (PA Wire)"


def _byline(page: Page) -> str | None:
    return ", ".join(page.texts('#articleHeader a[href*="/author/"]')) or page.metadata.first("article:author_name")


def _genre(page: Page) -> str | None:
    if any("LiveBlogPosting" in types_of(found) for found in page.metadata.objects):
        return "live"
    return "opinion" if "/voices/" in (page.url or "") else None


def _without_notice(_page: Page, draft: Draft) -> None:
    draft.body = [block for block in draft.body if not _UNFINISHED.fullmatch(block.text)]


SOURCE = Source(
    name="theindependent",
    title="The Independent",
    hosts=("independent.co.uk", "the-independent.com"),
    language="en",
    timezone="Europe/London",
    version=3,
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
            drop="#main > div:has(.video-top-container), .social-share, .hydrate-root, .newsletter-component, "
            '.related, .teads, .twitter-tweet, .instagram-media, [id^="taboola"], '
            'amp-live-list, .js-key-points, [id^="post-"]',
            byline=_byline,
            genre=_genre,
            credit=_CREDIT,
            refine=_without_notice,
        ),
    ),
)

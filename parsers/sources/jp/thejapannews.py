"""The Japan News, https://japannews.yomiuri.co.jp. Layout verified on a saved page from 2024-10."""

import re
from collections.abc import Sequence

from parsers.page.metadata import keywords
from parsers.page.page import Page
from parsers.source.definition import Layout, Source


def _topics(page: Page) -> Sequence[str]:
    """The keywords without their numbers: `(1) …`."""
    return [re.sub(r"^\(\d+\) ", "", word) for word in keywords(page.metadata.article.get("keywords"))]


SOURCE = Source(
    name="thejapannews",
    title="The Japan News",
    hosts=("japannews.yomiuri.co.jp",),
    language="en",
    timezone="Asia/Tokyo",
    layouts=(Layout("2024-10", body="#p-article-block", drop=".byline, .postdate", byline=".byline", topics=_topics),),
    generic=True,
)

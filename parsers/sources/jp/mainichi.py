"""毎日新聞, https://mainichi.jp. Layout verified on a saved page from 2025-01."""

from collections.abc import Sequence

from parsers.page.metadata import keywords
from parsers.page.page import Page
from parsers.source.definition import Layout, Source


def _topics(page: Page) -> Sequence[str]:
    """The keywords without the one that marks breaking news."""
    return [word for word in keywords(page.metadata.first("keywords")) if word != "速報"]


SOURCE = Source(
    name="mainichi",
    title="毎日新聞",
    hosts=("mainichi.jp",),
    language="ja",
    timezone="Asia/Tokyo",
    layouts=(Layout("2025-01", body=".articledetail-body", byline=".articletag-author", topics=_topics),),
    generic=True,
)

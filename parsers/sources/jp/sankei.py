"""産経新聞, https://www.sankei.com. Layout verified on a saved page from 2025-01."""

from collections.abc import Sequence

from parsers.page.page import Page
from parsers.source.definition import Layout, Source


def _topics(page: Page) -> Sequence[str]:
    """The sections, of which one may name two things: `地震・災害`."""
    return [word for name in page.texts(".article-footer-wrapper .section-list a") for word in name.split("・")]


SOURCE = Source(
    name="sankei",
    title="産経新聞",
    hosts=("sankei.com",),
    language="ja",
    timezone="Asia/Tokyo",
    layouts=(Layout("2025-01", body=".article-body", topics=_topics),),
    generic=True,
)

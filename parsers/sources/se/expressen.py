"""Expressen, https://www.expressen.se. Layout verified on a saved page from 2025-10."""

from collections.abc import Sequence

from parsers.page.metadata import keywords
from parsers.page.page import Page
from parsers.source.definition import Layout, Source


def _topics(page: Page) -> Sequence[str]:
    """The keywords without what they are: `organization/…`."""
    return [word.rpartition("/")[2] for word in keywords(page.metadata.article.get("keywords"))]


SOURCE = Source(
    name="expressen",
    title="Expressen",
    hosts=("expressen.se",),
    language="sv",
    timezone="Europe/Stockholm",
    layouts=(Layout("2025-10", body=".article__body-text", lead=".article__preamble p", topics=_topics),),
    generic=True,
)

"""The Portugal News, https://www.theportugalnews.com. Layout verified on a saved page from 2025-01."""

from parsers.page.page import Page
from parsers.source.definition import Layout, Source


def _byline(page: Page) -> str | None:
    """The name in `By Jane Doe, in News, Portugal · 31 Jan 2025`."""
    return (page.text(".article-heading ~ .text-sm") or "").partition(", in ")[0]


SOURCE = Source(
    name="theportugalnews",
    title="The Portugal News",
    hosts=("theportugalnews.com",),
    language="en",
    timezone="Europe/Lisbon",
    layouts=(Layout("2025-01", body=".article-body", lead=".article-heading ~ .fs-4", byline=_byline),),
    generic=True,
)

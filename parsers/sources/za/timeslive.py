"""TimesLIVE, https://www.timeslive.co.za. Layouts verified on saved pages from 2025-05 and 2025-11."""

from itertools import takewhile

from parsers.page.metadata import keywords
from parsers.page.page import Page
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists


def _topics(page: Page) -> list[str]:
    """The keywords before those of all pages."""
    return list(takewhile(lambda word: word != "Breaking news", keywords(page.metadata.all("keywords"))))


SOURCE = Source(
    name="timeslive",
    title="TimesLIVE",
    hosts=("timeslive.co.za",),
    language="en",
    timezone="Africa/Johannesburg",
    discovery=(Feed("https://www.timeslive.co.za/arc/outboundfeeds/rss/"), OwnLists()),
    verified="feed named on saved pages from 2025-11",
    layouts=(
        Layout("2025-11", body=".b-article-body", drop=".b-article-body__pullquote"),
        Layout(
            "2025-05",
            body=".article-widgets",
            drop=".article-widget-image, .article-widget-related_articles",
            lead=".tertiary-title",
            topics=_topics,
        ),
    ),
    generic=True,
)

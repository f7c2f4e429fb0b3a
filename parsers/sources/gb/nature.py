"""Nature, https://www.nature.com. Layouts verified on saved pages from 2025-11 and 2026-02."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="nature",
    title="Nature",
    hosts=("nature.com",),
    language="en",
    timezone="Europe/London",
    discovery=(Feed("https://www.nature.com/nature.rss"), OwnLists()),
    verified="feed named on saved pages from 2025-11 and 2026-02",
    layouts=(
        Layout(
            "2025-11",
            body=".c-article-body",
            drop=".app-access-wall",
            related=".recommended",
            lead=".c-article-teaser-text",
            topics="meta[name='dc.subject']",
        ),
    ),
    generic=True,
)

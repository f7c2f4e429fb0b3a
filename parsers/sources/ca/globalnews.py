"""Global News, https://globalnews.ca. Layout verified on saved pages from 2026-05."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="globalnews",
    title="Global News",
    hosts=("globalnews.ca",),
    language="en",
    timezone="America/Toronto",
    discovery=(Feed("https://globalnews.ca/feed/"), OwnLists()),
    verified="feed named on saved pages from 2026-05",
    layouts=(
        Layout(
            "2026-05",
            body=".l-article__text",
            drop=".c-ad, .c-inlineSignup, .c-tabs, .l-article__part",
            topics="meta[name=news_keywords]",
        ),
    ),
    generic=True,
)

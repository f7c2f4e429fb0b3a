"""The Sun, https://www.thesun.co.uk. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="thesun",
    title="The Sun",
    hosts=("thesun.co.uk",),
    language="en",
    timezone="Europe/London",
    discovery=(Feed("https://www.thesun.co.uk/feed/"), OwnLists()),
    verified="feed named on saved pages from 2024-04",
    layouts=(
        Layout(
            "2024-04",
            body=".article__content",
            drop=".rail-component, .advert-wrapper",
            topics=".tags--article a",
        ),
    ),
    generic=True,
)

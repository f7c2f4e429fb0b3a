"""DIE ZEIT, https://www.zeit.de. Layout verified on saved pages from 2023-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="zeit",
    title="DIE ZEIT",
    hosts=("zeit.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://newsfeed.zeit.de/index"), OwnLists()),
    verified="feed named on saved pages from 2023-04",
    layouts=(
        Layout(
            "2023-04",
            body=".article-page",
            lead=".summary",
            drop=".ad-container, .embed-wrapper",
            topics="meta[name=keywords]",
        ),
    ),
    generic=True,
)

"""Washington Free Beacon, https://freebeacon.com. Layouts verified on saved pages from 2023-04 and 2024-02."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="freebeacon",
    title="Washington Free Beacon",
    hosts=("freebeacon.com",),
    language="en",
    timezone="America/New_York",
    discovery=(Feed("https://freebeacon.com/feed/"), OwnLists()),
    verified="feed named on saved pages from 2023-04 and 2024-02",
    layouts=(
        Layout(
            "2023-04",
            body=".article-content",
            drop=".tag-list",
            lead=".article-excerpt",
            topics=".tag-list a",
        ),
    ),
    generic=True,
)

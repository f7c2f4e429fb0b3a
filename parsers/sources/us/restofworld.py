"""Rest of World, https://restofworld.org. Layout verified on saved pages from 2025-10."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="restofworld",
    title="Rest of World",
    hosts=("restofworld.org",),
    language="en",
    timezone="America/New_York",
    discovery=(Feed("https://restofworld.org/feed/latest"), OwnLists()),
    verified="feed named on saved pages from 2025-10",
    layouts=(
        Layout(
            "2025-10",
            body=".post-content",
            drop=".conveyor",
            lead=".post-header__text__dek",
        ),
    ),
    generic=True,
)

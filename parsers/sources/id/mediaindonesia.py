"""Media Indonesia, https://mediaindonesia.com. Layout verified on a saved page from 2026-01."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="mediaindonesia",
    title="Media Indonesia",
    hosts=("mediaindonesia.com",),
    language="id",
    timezone="Asia/Jakarta",
    discovery=(Feed("https://mediaindonesia.com/feed"), OwnLists()),
    verified="feed named on saved pages from 2026-01",
    layouts=(
        Layout(
            "2026-01", body=".column > .article", drop=".ext-channel, .info-author", authors=".post-header .author-2"
        ),
    ),
    generic=True,
)

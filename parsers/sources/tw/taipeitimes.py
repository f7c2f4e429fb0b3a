"""Taipei Times, https://www.taipeitimes.com. Layout verified on saved pages from 2024-10."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="taipeitimes",
    title="Taipei Times",
    hosts=("taipeitimes.com",),
    language="en",
    timezone="Asia/Taipei",
    discovery=(Feed("https://www.taipeitimes.com/xml/index.rss"), OwnLists()),
    verified="feed named on saved pages from 2024-10",
    layouts=(
        Layout(
            "2024-10",
            body=".archives",
            drop=".archives > ul, .imgboxa",
            lead=".archives > h2",
            authors=".archives .name",
        ),
    ),
    generic=True,
)

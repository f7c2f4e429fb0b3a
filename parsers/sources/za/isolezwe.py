"""Isolezwe, https://isolezwe.co.za."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="isolezwe",
    title="Isolezwe",
    hosts=("isolezwe.co.za",),
    language="zu",
    timezone="Africa/Johannesburg",
    discovery=(Feed("https://isolezwe.co.za/rss/isolezwe/izindaba/"), OwnLists()),
    verified="feed named on saved pages from 2025-11",
)

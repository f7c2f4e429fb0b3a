"""Occupy Democrats, https://occupydemocrats.com."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="occupydemocrats",
    title="Occupy Democrats",
    hosts=("occupydemocrats.com",),
    language="en",
    timezone="America/New_York",
    discovery=(Feed("https://occupydemocrats.com/feed/"), OwnLists()),
    verified="feed named on saved pages from 2023-06 and 2024-03",
)

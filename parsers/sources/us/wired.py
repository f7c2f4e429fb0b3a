"""WIRED, https://www.wired.com. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists
from parsers.sources.families.conde_nast import CONDE_NAST

SOURCE = Source(
    name="wired",
    title="WIRED",
    hosts=("wired.com",),
    language="en",
    timezone="America/New_York",
    discovery=(Feed("https://www.wired.com/feed/rss"), OwnLists()),
    verified="feed named on saved pages from 2024-04",
    layouts=(CONDE_NAST,),
    generic=True,
)

"""The New Yorker, https://www.newyorker.com. Layouts verified on saved pages from 2023-05 and 2024-03."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists
from parsers.sources.families.conde_nast import CONDE_NAST

SOURCE = Source(
    name="newyorker",
    title="The New Yorker",
    hosts=("newyorker.com",),
    language="en",
    timezone="America/New_York",
    discovery=(Feed("https://www.newyorker.com/feed/rss"), OwnLists()),
    verified="feed named on saved pages from 2024-03",
    layouts=(CONDE_NAST,),
    generic=True,
)

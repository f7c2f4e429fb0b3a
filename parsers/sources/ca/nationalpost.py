"""National Post, https://nationalpost.com. Layouts verified on saved pages from 2024-08 and 2025-05."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists
from parsers.sources.families.postmedia import POSTMEDIA

SOURCE = Source(
    name="nationalpost",
    title="National Post",
    hosts=("nationalpost.com",),
    language="en",
    timezone="America/Toronto",
    discovery=(Feed("https://nationalpost.com/feed/"), OwnLists()),
    verified="feed named on saved pages from 2024-08",
    layouts=(POSTMEDIA,),
    generic=True,
)

"""Canada.com, https://o.canada.com. Layout verified on saved pages from 2026-06."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists
from parsers.sources.families.postmedia import POSTMEDIA

SOURCE = Source(
    name="canadacom",
    title="Canada.com",
    hosts=("canada.com",),
    language="en",
    timezone="America/Toronto",
    discovery=(Feed("https://o.canada.com/feed/atom"), OwnLists()),
    verified="feed named on saved pages from 2026-06",
    layouts=(POSTMEDIA,),
    generic=True,
)

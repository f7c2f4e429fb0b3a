"""The Province, https://theprovince.com. Layout verified on saved pages from 2026-06."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists
from parsers.sources.families.postmedia import POSTMEDIA

SOURCE = Source(
    name="theprovince",
    title="The Province",
    hosts=("theprovince.com",),
    language="en",
    timezone="America/Vancouver",
    discovery=(Feed("https://theprovince.com/feed/atom"), OwnLists()),
    verified="feed named on saved pages from 2026-06",
    layouts=(POSTMEDIA,),
    generic=True,
)

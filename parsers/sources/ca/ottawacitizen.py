"""Ottawa Citizen, https://ottawacitizen.com. Layout verified on saved pages from 2026-05."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists
from parsers.sources.families.postmedia import POSTMEDIA

SOURCE = Source(
    name="ottawacitizen",
    title="Ottawa Citizen",
    hosts=("ottawacitizen.com",),
    language="en",
    timezone="America/Toronto",
    discovery=(Feed("https://ottawacitizen.com/feed/atom"), OwnLists()),
    verified="feed named on saved pages from 2026-05",
    layouts=(POSTMEDIA,),
    generic=True,
)

"""sportschau, https://www.sportschau.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists
from parsers.sources.families.ard import ARD

SOURCE = Source(
    name="sportschau",
    title="sportschau",
    hosts=("sportschau.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://www.sportschau.de/index~atom.xml"), OwnLists()),
    verified="feed named on saved pages from 2024-04",
    layouts=(ARD,),
    generic=True,
)

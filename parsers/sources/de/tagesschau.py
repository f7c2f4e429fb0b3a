"""tagesschau, https://www.tagesschau.de. Layout verified on saved pages from 2023-04."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists
from parsers.sources.families.ard import ARD

SOURCE = Source(
    name="tagesschau",
    title="tagesschau",
    hosts=("tagesschau.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://www.tagesschau.de/index~atom.xml"), OwnLists()),
    verified="feed named on saved pages from 2023-04",
    layouts=(ARD,),
    generic=True,
)

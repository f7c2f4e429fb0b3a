"""VOGUE Germany, https://www.vogue.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Source
from parsers.source.discovery import Feed, OwnLists
from parsers.sources.families.conde_nast import CONDE_NAST

SOURCE = Source(
    name="vogue_de",
    title="VOGUE Germany",
    hosts=("vogue.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://www.vogue.de/feed/rss"), OwnLists()),
    verified="feed named on saved pages from 2024-04",
    layouts=(CONDE_NAST,),
    generic=True,
)

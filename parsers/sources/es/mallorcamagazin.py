"""Mallorca Magazin, https://www.mallorcamagazin.com. Layout verified on a saved page from 2025-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="mallorcamagazin",
    title="Mallorca Magazin",
    hosts=("mallorcamagazin.com",),
    language="de",
    timezone="Europe/Madrid",
    discovery=(Feed("https://www.mallorcamagazin.com/feed.rss"), OwnLists()),
    verified="feed named on saved pages from 2025-04",
    layouts=(Layout("2025-04", body="#post-text", lead=".post-subtitle", drop=".post-related"),),
    generic=True,
)

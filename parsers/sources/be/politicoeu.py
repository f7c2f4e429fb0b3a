"""POLITICO Europe, https://www.politico.eu. Layout verified on saved pages from 2025-10."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="politicoeu",
    title="POLITICO Europe",
    hosts=("politico.eu",),
    language="en",
    timezone="Europe/Brussels",
    discovery=(Feed("https://www.politico.eu/feed/"), OwnLists()),
    verified="feed named on saved pages from 2025-10",
    layouts=(Layout("2025-10", body=".article__content", lead=".hero__excerpt", topics="meta[name=keywords]"),),
    generic=True,
)

"""Süddeutsche Zeitung, https://www.sueddeutsche.de. Layout verified on saved pages from 2023-04 and 2024-09."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="sueddeutsche",
    title="Süddeutsche Zeitung",
    hosts=("sueddeutsche.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://rss.sueddeutsche.de/rss/Topthemen"), OwnLists()),
    verified="feed named on saved pages from 2023-04 and 2024-09",
    layouts=(
        Layout(
            "2023-04",
            body="[itemprop=articleBody]",
            lead="[data-manual=teaserText]",
            drop="[data-manual-remove], .teaserable-layout",
        ),
    ),
    generic=True,
)

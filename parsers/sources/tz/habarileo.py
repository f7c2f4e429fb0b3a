"""HabariLeo, https://habarileo.co.tz. Layout verified on a saved page from 2024-12."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="habarileo",
    title="HabariLeo",
    hosts=("habarileo.co.tz",),
    language="sw",
    timezone="Africa/Dar_es_Salaam",
    discovery=(Feed("https://habarileo.co.tz/feed/"), OwnLists()),
    verified="feed named on saved pages from 2025-01",
    layouts=(
        Layout(
            "2024-12", body=".cs-entry__content-wrap .entry-content", drop=".cs-banner-entry, .pk-share-buttons-wrap"
        ),
    ),
    generic=True,
)

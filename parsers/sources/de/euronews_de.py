"""Euronews (Deutsch), https://de.euronews.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="euronews_de",
    title="Euronews (Deutsch)",
    hosts=("de.euronews.com",),
    language="de",
    timezone="Europe/Berlin",
)

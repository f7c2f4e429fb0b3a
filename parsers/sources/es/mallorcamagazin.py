"""Mallorca Magazin, https://www.mallorcamagazin.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="mallorcamagazin",
    title="Mallorca Magazin",
    hosts=("mallorcamagazin.com",),
    language="de",
    timezone="Europe/Madrid",
)

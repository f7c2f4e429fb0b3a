"""Berliner Morgenpost, https://www.morgenpost.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="berlinermorgenpost",
    title="Berliner Morgenpost",
    hosts=("morgenpost.de",),
    language="de",
    timezone="Europe/Berlin",
)

"""Freie Presse, https://www.freiepresse.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="freiepresse",
    title="Freie Presse",
    hosts=("freiepresse.de",),
    language="de",
    timezone="Europe/Berlin",
)

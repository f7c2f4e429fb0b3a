"""BILD, https://www.bild.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="bild",
    title="BILD",
    hosts=("bild.de",),
    language="de",
    timezone="Europe/Berlin",
)

"""Berliner Zeitung, https://www.berliner-zeitung.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="berlinerzeitung",
    title="Berliner Zeitung",
    hosts=("berliner-zeitung.de",),
    language="de",
    timezone="Europe/Berlin",
)

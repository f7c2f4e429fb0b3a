"""Braunschweiger Zeitung, https://www.braunschweiger-zeitung.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="bsz",
    title="Braunschweiger Zeitung",
    hosts=("braunschweiger-zeitung.de",),
    language="de",
    timezone="Europe/Berlin",
)

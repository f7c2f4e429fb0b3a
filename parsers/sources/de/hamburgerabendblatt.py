"""Hamburger Abendblatt, https://www.abendblatt.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="hamburgerabendblatt",
    title="Hamburger Abendblatt",
    hosts=("abendblatt.de",),
    language="de",
    timezone="Europe/Berlin",
)

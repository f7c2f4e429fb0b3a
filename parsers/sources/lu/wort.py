"""Luxemburger Wort, https://www.wort.lu."""

from parsers.source.definition import Source

SOURCE = Source(
    name="wort",
    title="Luxemburger Wort",
    hosts=("wort.lu",),
    language="de",
    timezone="Europe/Luxembourg",
)

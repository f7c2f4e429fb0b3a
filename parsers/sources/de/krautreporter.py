"""Krautreporter, https://krautreporter.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="krautreporter",
    title="Krautreporter",
    hosts=("krautreporter.de",),
    language="de",
    timezone="Europe/Berlin",
)

"""sportschau, https://www.sportschau.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="sportschau",
    title="sportschau",
    hosts=("sportschau.de",),
    language="de",
    timezone="Europe/Berlin",
)

"""der Freitag, https://www.freitag.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="freitag",
    title="der Freitag",
    hosts=("freitag.de",),
    language="de",
    timezone="Europe/Berlin",
)

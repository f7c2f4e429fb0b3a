"""FOCUS online, https://www.focus.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="focus",
    title="FOCUS online",
    hosts=("focus.de",),
    language="de",
    timezone="Europe/Berlin",
)

"""tagesschau, https://www.tagesschau.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="tagesschau",
    title="tagesschau",
    hosts=("tagesschau.de",),
    language="de",
    timezone="Europe/Berlin",
)

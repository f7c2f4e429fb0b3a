"""heise online, https://www.heise.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="heise",
    title="heise online",
    hosts=("heise.de",),
    language="de",
    timezone="Europe/Berlin",
)

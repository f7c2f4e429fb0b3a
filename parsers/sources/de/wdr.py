"""WDR, https://www1.wdr.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="wdr",
    title="WDR",
    hosts=("wdr.de",),
    language="de",
    timezone="Europe/Berlin",
)

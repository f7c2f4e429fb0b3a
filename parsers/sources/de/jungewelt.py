"""junge Welt, https://www.jungewelt.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="jungewelt",
    title="junge Welt",
    hosts=("jungewelt.de",),
    language="de",
    timezone="Europe/Berlin",
)

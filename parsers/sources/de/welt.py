"""DIE WELT, https://www.welt.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="welt",
    title="DIE WELT",
    hosts=("welt.de",),
    language="de",
    timezone="Europe/Berlin",
)

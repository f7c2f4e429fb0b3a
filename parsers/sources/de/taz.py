"""taz, https://taz.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="taz",
    title="taz",
    hosts=("taz.de",),
    language="de",
    timezone="Europe/Berlin",
)

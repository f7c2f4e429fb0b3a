"""ntv, https://www.n-tv.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="ntv",
    title="ntv",
    hosts=("n-tv.de",),
    language="de",
    timezone="Europe/Berlin",
)

"""t-online, https://www.t-online.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="tonline",
    title="t-online",
    hosts=("t-online.de",),
    language="de",
    timezone="Europe/Berlin",
)

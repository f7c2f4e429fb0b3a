"""NDR, https://www.ndr.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="ndr",
    title="NDR",
    hosts=("ndr.de",),
    language="de",
    timezone="Europe/Berlin",
)

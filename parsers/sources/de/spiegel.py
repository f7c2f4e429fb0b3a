"""DER SPIEGEL, https://www.spiegel.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="spiegel",
    title="DER SPIEGEL",
    hosts=("spiegel.de",),
    language="de",
    timezone="Europe/Berlin",
)

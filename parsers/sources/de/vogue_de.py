"""VOGUE Germany, https://www.vogue.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="vogue_de",
    title="VOGUE Germany",
    hosts=("vogue.de",),
    language="de",
    timezone="Europe/Berlin",
)

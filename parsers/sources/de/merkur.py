"""Merkur.de, https://www.merkur.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="merkur",
    title="Merkur.de",
    hosts=("merkur.de",),
    language="de",
    timezone="Europe/Berlin",
)

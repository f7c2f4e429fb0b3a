"""Merkur.de, https://www.merkur.de. Layout verified on saved pages from 2023-04."""

from parsers.source.definition import Source
from parsers.sources.families.ippen import IPPEN

SOURCE = Source(
    name="merkur",
    title="Merkur.de",
    hosts=("merkur.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(IPPEN,),
    generic=True,
)

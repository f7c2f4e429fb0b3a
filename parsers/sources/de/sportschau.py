"""sportschau, https://www.sportschau.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Source
from parsers.source.families.ard import ARD

SOURCE = Source(
    name="sportschau",
    title="sportschau",
    hosts=("sportschau.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(ARD,),
    generic=True,
)

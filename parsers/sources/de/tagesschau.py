"""tagesschau, https://www.tagesschau.de. Layout verified on saved pages from 2023-04."""

from parsers.source.definition import Source
from parsers.source.families.ard import ARD

SOURCE = Source(
    name="tagesschau",
    title="tagesschau",
    hosts=("tagesschau.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(ARD,),
    generic=True,
)

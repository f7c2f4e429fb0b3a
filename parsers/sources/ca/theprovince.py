"""The Province, https://theprovince.com. Layout verified on saved pages from 2026-06."""

from parsers.source.definition import Source
from parsers.source.families.postmedia import POSTMEDIA

SOURCE = Source(
    name="theprovince",
    title="The Province",
    hosts=("theprovince.com",),
    language="en",
    timezone="America/Vancouver",
    layouts=(POSTMEDIA,),
    generic=True,
)

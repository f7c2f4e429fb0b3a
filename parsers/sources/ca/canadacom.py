"""Canada.com, https://o.canada.com. Layout verified on saved pages from 2026-06."""

from parsers.source.definition import Source
from parsers.source.families.postmedia import POSTMEDIA

SOURCE = Source(
    name="canadacom",
    title="Canada.com",
    hosts=("canada.com",),
    language="en",
    timezone="America/Toronto",
    layouts=(POSTMEDIA,),
    generic=True,
)

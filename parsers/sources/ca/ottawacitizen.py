"""Ottawa Citizen, https://ottawacitizen.com. Layout verified on saved pages from 2026-05."""

from parsers.source.definition import Source
from parsers.source.families.postmedia import POSTMEDIA

SOURCE = Source(
    name="ottawacitizen",
    title="Ottawa Citizen",
    hosts=("ottawacitizen.com",),
    language="en",
    timezone="America/Toronto",
    layouts=(POSTMEDIA,),
    generic=True,
)

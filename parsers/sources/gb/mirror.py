"""The Mirror, https://www.mirror.co.uk. Layouts verified on saved pages from 2024-04 and 2026-01."""

from parsers.source.definition import Source
from parsers.sources.families.reach import REACH

SOURCE = Source(
    name="mirror",
    title="The Mirror",
    hosts=("mirror.co.uk",),
    language="en",
    timezone="Europe/London",
    version=2,
    layouts=REACH,
    generic=True,
)

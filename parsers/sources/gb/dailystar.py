"""Daily Star, https://www.dailystar.co.uk. Layouts verified on saved pages from 2024-04 and 2026-04."""

from parsers.source.definition import Source
from parsers.sources.families.reach import REACH

SOURCE = Source(
    name="dailystar",
    title="Daily Star",
    hosts=("dailystar.co.uk",),
    language="en",
    timezone="Europe/London",
    version=2,
    layouts=REACH,
    generic=True,
)

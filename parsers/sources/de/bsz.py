"""Braunschweiger Zeitung, https://www.braunschweiger-zeitung.de.

Layouts verified on saved pages from 2024-05, 2025-09 and 2025-11.
"""

from parsers.source.definition import Source
from parsers.sources.families.funke import FUNKE

SOURCE = Source(
    name="bsz",
    title="Braunschweiger Zeitung",
    hosts=("braunschweiger-zeitung.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=FUNKE,
    generic=True,
)

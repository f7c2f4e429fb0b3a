"""WIRED, https://www.wired.com. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Source
from parsers.source.families.conde_nast import CONDE_NAST

SOURCE = Source(
    name="wired",
    title="WIRED",
    hosts=("wired.com",),
    language="en",
    timezone="America/New_York",
    layouts=(CONDE_NAST,),
    generic=True,
)

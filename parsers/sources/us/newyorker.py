"""The New Yorker, https://www.newyorker.com. Layouts verified on saved pages from 2023-05 and 2024-03."""

from parsers.source.definition import Source
from parsers.source.families.conde_nast import CONDE_NAST

SOURCE = Source(
    name="newyorker",
    title="The New Yorker",
    hosts=("newyorker.com",),
    language="en",
    timezone="America/New_York",
    layouts=(CONDE_NAST,),
    generic=True,
)

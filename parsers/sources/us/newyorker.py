"""The New Yorker, https://www.newyorker.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="newyorker",
    title="The New Yorker",
    hosts=("newyorker.com",),
    language="en",
    timezone="America/New_York",
)

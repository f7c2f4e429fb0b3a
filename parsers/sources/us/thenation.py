"""The Nation, https://www.thenation.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="thenation",
    title="The Nation",
    hosts=("thenation.com",),
    language="en",
    timezone="America/New_York",
)

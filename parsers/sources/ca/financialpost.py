"""Financial Post, https://financialpost.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="financialpost",
    title="Financial Post",
    hosts=("financialpost.com",),
    language="en",
    timezone="America/Toronto",
)

"""The Washington Post, https://www.washingtonpost.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="washingtonpost",
    title="The Washington Post",
    hosts=("washingtonpost.com",),
    language="en",
    timezone="America/New_York",
)

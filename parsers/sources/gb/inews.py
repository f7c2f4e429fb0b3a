"""The i Paper, https://inews.co.uk."""

from parsers.source.definition import Source

SOURCE = Source(
    name="inews",
    title="The i Paper",
    hosts=("inews.co.uk",),
    language="en",
    timezone="Europe/London",
)

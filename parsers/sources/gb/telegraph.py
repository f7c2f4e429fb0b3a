"""The Telegraph, https://www.telegraph.co.uk."""

from parsers.source.definition import Source

SOURCE = Source(
    name="telegraph",
    title="The Telegraph",
    hosts=("telegraph.co.uk",),
    language="en",
    timezone="Europe/London",
)

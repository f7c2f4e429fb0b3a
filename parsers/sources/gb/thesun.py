"""The Sun, https://www.thesun.co.uk."""

from parsers.source.definition import Source

SOURCE = Source(
    name="thesun",
    title="The Sun",
    hosts=("thesun.co.uk",),
    language="en",
    timezone="Europe/London",
)

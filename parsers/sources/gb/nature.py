"""Nature, https://www.nature.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="nature",
    title="Nature",
    hosts=("nature.com",),
    language="en",
    timezone="Europe/London",
)

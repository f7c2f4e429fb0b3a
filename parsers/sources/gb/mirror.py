"""The Mirror, https://www.mirror.co.uk."""

from parsers.source.definition import Source

SOURCE = Source(
    name="mirror",
    title="The Mirror",
    hosts=("mirror.co.uk",),
    language="en",
    timezone="Europe/London",
)

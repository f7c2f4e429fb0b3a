"""Rest of World, https://restofworld.org."""

from parsers.source.definition import Source

SOURCE = Source(
    name="restofworld",
    title="Rest of World",
    hosts=("restofworld.org",),
    language="en",
    timezone="America/New_York",
)

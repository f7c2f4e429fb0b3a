"""Washington Free Beacon, https://freebeacon.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="freebeacon",
    title="Washington Free Beacon",
    hosts=("freebeacon.com",),
    language="en",
    timezone="America/New_York",
)

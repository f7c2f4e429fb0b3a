"""WIRED, https://www.wired.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="wired",
    title="WIRED",
    hosts=("wired.com",),
    language="en",
    timezone="America/New_York",
)

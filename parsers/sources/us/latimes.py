"""Los Angeles Times, https://www.latimes.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="latimes",
    title="Los Angeles Times",
    hosts=("latimes.com",),
    language="en",
    timezone="America/Los_Angeles",
)

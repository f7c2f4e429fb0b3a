"""The Washington Times, https://www.washingtontimes.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="washingtontimes",
    title="The Washington Times",
    hosts=("washingtontimes.com",),
    language="en",
    timezone="America/New_York",
)

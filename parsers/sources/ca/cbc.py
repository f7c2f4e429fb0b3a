"""CBC News, https://www.cbc.ca."""

from parsers.source.definition import Source

SOURCE = Source(
    name="cbc",
    title="CBC News",
    hosts=("cbc.ca",),
    language="en",
    timezone="America/Toronto",
)

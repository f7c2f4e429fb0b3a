"""CNBC, https://www.cnbc.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="cnbc",
    title="CNBC",
    hosts=("cnbc.com",),
    language="en",
    timezone="America/New_York",
)

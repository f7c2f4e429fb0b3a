"""The Province, https://theprovince.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="theprovince",
    title="The Province",
    hosts=("theprovince.com",),
    language="en",
    timezone="America/Vancouver",
)

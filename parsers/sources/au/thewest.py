"""The West Australian, https://thewest.com.au."""

from parsers.source.definition import Source

SOURCE = Source(
    name="thewest",
    title="The West Australian",
    hosts=("thewest.com.au",),
    language="en",
    timezone="Australia/Perth",
)

"""The Intercept, https://theintercept.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="theintercept",
    title="The Intercept",
    hosts=("theintercept.com",),
    language="en",
    timezone="America/New_York",
)

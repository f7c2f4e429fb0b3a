"""The Globe and Mail, https://www.theglobeandmail.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="theglobeandmail",
    title="The Globe and Mail",
    hosts=("theglobeandmail.com",),
    language="en",
    timezone="America/Toronto",
)

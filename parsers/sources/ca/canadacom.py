"""Canada.com, https://o.canada.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="canadacom",
    title="Canada.com",
    hosts=("canada.com",),
    language="en",
    timezone="America/Toronto",
)

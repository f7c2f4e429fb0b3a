"""Business Insider, https://www.businessinsider.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="businessinsider",
    title="Business Insider",
    hosts=("businessinsider.com",),
    language="en",
    timezone="America/New_York",
)

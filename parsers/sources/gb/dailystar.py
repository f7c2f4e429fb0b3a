"""Daily Star, https://www.dailystar.co.uk."""

from parsers.source.definition import Source

SOURCE = Source(
    name="dailystar",
    title="Daily Star",
    hosts=("dailystar.co.uk",),
    language="en",
    timezone="Europe/London",
)

"""Global News, https://globalnews.ca."""

from parsers.source.definition import Source

SOURCE = Source(
    name="globalnews",
    title="Global News",
    hosts=("globalnews.ca",),
    language="en",
    timezone="America/Toronto",
)

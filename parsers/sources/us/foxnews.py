"""Fox News, https://www.foxnews.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="foxnews",
    title="Fox News",
    hosts=("foxnews.com",),
    language="en",
    timezone="America/New_York",
)

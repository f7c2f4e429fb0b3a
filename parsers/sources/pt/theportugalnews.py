"""The Portugal News, https://www.theportugalnews.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="theportugalnews",
    title="The Portugal News",
    hosts=("theportugalnews.com",),
    language="en",
    timezone="Europe/Lisbon",
)

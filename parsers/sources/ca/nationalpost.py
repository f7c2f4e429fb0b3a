"""National Post, https://nationalpost.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="nationalpost",
    title="National Post",
    hosts=("nationalpost.com",),
    language="en",
    timezone="America/Toronto",
)

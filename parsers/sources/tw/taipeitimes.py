"""Taipei Times, https://www.taipeitimes.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="taipeitimes",
    title="Taipei Times",
    hosts=("taipeitimes.com",),
    language="en",
    timezone="Asia/Taipei",
)

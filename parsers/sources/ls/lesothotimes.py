"""Lesotho Times, https://lestimes.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="lesothotimes",
    title="Lesotho Times",
    hosts=("lestimes.com",),
    language="en",
    timezone="Africa/Maseru",
)

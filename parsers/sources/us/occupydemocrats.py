"""Occupy Democrats, https://occupydemocrats.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="occupydemocrats",
    title="Occupy Democrats",
    hosts=("occupydemocrats.com",),
    language="en",
    timezone="America/New_York",
)

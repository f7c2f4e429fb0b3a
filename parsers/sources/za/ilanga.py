"""Ilanga, https://ilanganews.co.za."""

from parsers.source.definition import Source

SOURCE = Source(
    name="ilanga",
    title="Ilanga",
    hosts=("ilanganews.co.za",),
    language="zu",
    timezone="Africa/Johannesburg",
)

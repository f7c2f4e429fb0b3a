"""Dizindaba, https://dizindaba.co.za."""

from parsers.source.definition import Source

SOURCE = Source(
    name="dizindaba",
    title="Dizindaba",
    hosts=("dizindaba.co.za",),
    language="zu",
    timezone="Africa/Johannesburg",
)

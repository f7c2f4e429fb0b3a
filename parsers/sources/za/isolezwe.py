"""Isolezwe, https://isolezwe.co.za."""

from parsers.source.definition import Source

SOURCE = Source(
    name="isolezwe",
    title="Isolezwe",
    hosts=("isolezwe.co.za",),
    language="zu",
    timezone="Africa/Johannesburg",
)

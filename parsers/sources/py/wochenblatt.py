"""Wochenblatt, https://wochenblatt.cc."""

from parsers.source.definition import Source

SOURCE = Source(
    name="wochenblatt",
    title="Wochenblatt",
    hosts=("wochenblatt.cc",),
    language="de",
    timezone="America/Asuncion",
)

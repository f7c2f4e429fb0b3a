"""Morgunblaðið, https://www.mbl.is."""

from parsers.source.definition import Source

SOURCE = Source(
    name="mbl",
    title="Morgunblaðið",
    hosts=("mbl.is",),
    language="is",
    timezone="Atlantic/Reykjavik",
)

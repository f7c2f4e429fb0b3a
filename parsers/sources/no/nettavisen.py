"""Nettavisen, https://www.nettavisen.no."""

from parsers.source.definition import Source

SOURCE = Source(
    name="nettavisen",
    title="Nettavisen",
    hosts=("nettavisen.no",),
    language="no",
    timezone="Europe/Oslo",
)

"""Dagbladet, https://www.dagbladet.no."""

from parsers.source.definition import Source

SOURCE = Source(
    name="dagbladet",
    title="Dagbladet",
    hosts=("dagbladet.no",),
    language="no",
    timezone="Europe/Oslo",
)

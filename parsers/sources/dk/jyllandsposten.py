"""Jyllands-Posten, https://jyllands-posten.dk."""

from parsers.source.definition import Source

SOURCE = Source(
    name="jyllandsposten",
    title="Jyllands-Posten",
    hosts=("jyllands-posten.dk",),
    language="da",
    timezone="Europe/Copenhagen",
)

"""Rzeczpospolita, https://www.rp.pl."""

from parsers.source.definition import Source

SOURCE = Source(
    name="rzeczpospolita",
    title="Rzeczpospolita",
    hosts=("rp.pl",),
    language="pl",
    timezone="Europe/Warsaw",
)

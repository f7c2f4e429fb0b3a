"""POLITICO Europe, https://www.politico.eu."""

from parsers.source.definition import Source

SOURCE = Source(
    name="politicoeu",
    title="POLITICO Europe",
    hosts=("politico.eu",),
    language="en",
    timezone="Europe/Brussels",
)

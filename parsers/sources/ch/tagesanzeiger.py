"""Tages-Anzeiger, https://www.tagesanzeiger.ch."""

from parsers.source.definition import Source

SOURCE = Source(
    name="tagesanzeiger",
    title="Tages-Anzeiger",
    hosts=("tagesanzeiger.ch",),
    language="de",
    timezone="Europe/Zurich",
)

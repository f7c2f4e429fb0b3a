"""Schweizer Radio und Fernsehen, https://www.srf.ch."""

from parsers.source.definition import Source

SOURCE = Source(
    name="srf",
    title="Schweizer Radio und Fernsehen",
    hosts=("srf.ch",),
    language="de",
    timezone="Europe/Zurich",
)

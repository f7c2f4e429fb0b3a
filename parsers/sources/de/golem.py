"""Golem.de, https://www.golem.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="golem",
    title="Golem.de",
    hosts=("golem.de",),
    language="de",
    timezone="Europe/Berlin",
)

"""Mitteldeutsche Zeitung, https://www.mz.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="mz",
    title="Mitteldeutsche Zeitung",
    hosts=("mz.de",),
    language="de",
    timezone="Europe/Berlin",
)

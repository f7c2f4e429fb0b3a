"""Süddeutsche Zeitung, https://www.sueddeutsche.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="sueddeutsche",
    title="Süddeutsche Zeitung",
    hosts=("sueddeutsche.de",),
    language="de",
    timezone="Europe/Berlin",
)

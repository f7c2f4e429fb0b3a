"""Frankfurter Allgemeine Zeitung, https://www.faz.net."""

from parsers.source.definition import Source

SOURCE = Source(
    name="faz",
    title="Frankfurter Allgemeine Zeitung",
    hosts=("faz.net",),
    language="de",
    timezone="Europe/Berlin",
)

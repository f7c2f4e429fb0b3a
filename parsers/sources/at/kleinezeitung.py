"""Kleine Zeitung, https://www.kleinezeitung.at."""

from parsers.source.definition import Source

SOURCE = Source(
    name="kleinezeitung",
    title="Kleine Zeitung",
    hosts=("kleinezeitung.at",),
    language="de",
    timezone="Europe/Vienna",
)

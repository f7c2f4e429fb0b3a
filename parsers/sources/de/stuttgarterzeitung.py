"""Stuttgarter Zeitung, https://www.stuttgarter-zeitung.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="stuttgarterzeitung",
    title="Stuttgarter Zeitung",
    hosts=("stuttgarter-zeitung.de",),
    language="de",
    timezone="Europe/Berlin",
)

"""Frankfurter Rundschau, https://www.fr.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="fr",
    title="Frankfurter Rundschau",
    hosts=("fr.de",),
    language="de",
    timezone="Europe/Berlin",
)

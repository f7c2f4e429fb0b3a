"""Frankfurter Rundschau, https://www.fr.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Source
from parsers.sources.families.ippen import IPPEN

SOURCE = Source(
    name="fr",
    title="Frankfurter Rundschau",
    hosts=("fr.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(IPPEN,),
    generic=True,
)

"""Aftonbladet, https://www.aftonbladet.se. Layout verified on a saved page from 2026-08."""

from dataclasses import replace

from parsers.source.definition import Source
from parsers.sources.families.schibsted import SCHIBSTED

SOURCE = Source(
    name="aftonbladet",
    title="Aftonbladet",
    hosts=("aftonbladet.se",),
    language="sv",
    timezone="Europe/Stockholm",
    layouts=(replace(SCHIBSTED, name="2026-08"),),
    generic=True,
)

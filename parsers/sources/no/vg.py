"""VG, https://www.vg.no. Layout verified on a saved page from 2024-08."""

from dataclasses import replace

from parsers.source.definition import Source
from parsers.sources.families.schibsted import SCHIBSTED

SOURCE = Source(
    name="vg",
    title="VG",
    hosts=("vg.no",),
    language="no",
    timezone="Europe/Oslo",
    layouts=(replace(SCHIBSTED, name="2024-08", title="meta[property='og:title']"),),
    generic=True,
)

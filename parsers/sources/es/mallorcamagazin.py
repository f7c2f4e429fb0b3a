"""Mallorca Magazin, https://www.mallorcamagazin.com. Layout verified on a saved page from 2025-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="mallorcamagazin",
    title="Mallorca Magazin",
    hosts=("mallorcamagazin.com",),
    language="de",
    timezone="Europe/Madrid",
    layouts=(Layout("2025-04", body="#post-text", lead=".post-subtitle", drop=".post-related"),),
    generic=True,
)

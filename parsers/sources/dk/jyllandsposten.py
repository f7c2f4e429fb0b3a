"""Jyllands-Posten, https://jyllands-posten.dk. Layout verified on a saved page from 2025-02."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="jyllandsposten",
    title="Jyllands-Posten",
    hosts=("jyllands-posten.dk",),
    language="da",
    timezone="Europe/Copenhagen",
    layouts=(Layout("2025-02", body=".c-article-text-container", lead=".c-article-top-info__description"),),
    generic=True,
)

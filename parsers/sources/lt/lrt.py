"""LRT, https://www.lrt.lt. Layout verified on a saved page from 2024-03."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="lrt",
    title="LRT",
    hosts=("lrt.lt",),
    language="lt",
    timezone="Europe/Vilnius",
    layouts=(Layout("2024-03", body=".article-content", lead=".text-lead", drop=".media-block, .also-read-news"),),
    generic=True,
)

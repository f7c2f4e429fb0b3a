"""BILD, https://www.bild.de. Layout verified on saved pages from 2023-05."""

from parsers.source.definition import Layout, Source

_2023_05 = Layout(
    "2023-05",
    body="article .article-body",
    byline="article .author",
    figures="article figure",
)

SOURCE = Source(
    name="bild",
    title="BILD",
    hosts=("bild.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2023_05,),
    generic=True,
)

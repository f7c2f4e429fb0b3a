"""Motorsport-Magazin.com, https://www.motorsport-magazin.com. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="motorsportmagazin",
    title="Motorsport-Magazin.com",
    hosts=("motorsport-magazin.com",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(Layout("2024-04", body="[itemprop=articleBody]", lead="header > .teaser", drop=".ad-zone, figcaption"),),
    generic=True,
)

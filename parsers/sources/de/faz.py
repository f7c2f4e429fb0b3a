"""Frankfurter Allgemeine Zeitung, https://www.faz.net.

Layouts verified on saved pages from 2023-04, 2024-04 and 2025-04.
"""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

_2025_04 = Layout(
    "2025-04",
    body="[data-external-selector=body-elements]",
    lead="[data-external-selector=header-teaser]",
    topics="[data-external-selector=footer-links] [rel=tag]",
)
_2024_04 = Layout(
    "2024-04",
    body="article .body-elements",
    lead=".header-teaser",
    drop=".related-articles",
    topics='.footer-links [href*="/thema/"]',
)
_2023_04 = Layout(
    "2023-04",
    body=".atc-Text",
    lead=".atc-IntroText",
    drop=".atc-ContainerInfo",
    title='meta[property="og:title"]',
    figures=".atc-Intro",
    caption=".atc-ImageDescriptionText",
    credit=".atc-ImageDescriptionCopyright",
)

SOURCE = Source(
    name="faz",
    title="Frankfurter Allgemeine Zeitung",
    hosts=("faz.net",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://www.faz.net/rss/aktuell/"), OwnLists()),
    verified="feed named on saved pages from 2025-04",
    layouts=(_2025_04, _2024_04, _2023_04),
    generic=True,
)

"""Krautreporter, https://krautreporter.de. Layout verified on saved pages from 2024-08."""

import re

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

_2024_08 = Layout(
    "2024-08",
    body="article .article-markdown",
    lead="[data-test=article-teaser]",
    drop=".article-extras-related-articles, .article-extras-paywall",
    related=".article-extras-related-articles a",
    topics=".article-headers-shared-topic__cta",
    notes=re.compile(r"Dieser Artikel ist eine Übersetzung|(Übersetzung|Redaktion|Schlussredaktion): "),
)

SOURCE = Source(
    name="krautreporter",
    title="Krautreporter",
    hosts=("krautreporter.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://krautreporter.de/feeds.rss"), OwnLists()),
    verified="feed named on saved pages from 2024-08",
    layouts=(_2024_08,),
    generic=True,
)

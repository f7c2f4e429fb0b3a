"""Euronews (Deutsch), https://de.euronews.com. Layout verified on saved pages from 2024-04 and 2026-01."""

import re

from parsers.source.definition import Layout, Source

_2024_04 = Layout(
    "2024-04",
    body="article .c-article-content",
    lead=".c-article-summary",
    drop=".c-ad, .widget, .connatix-container",
    related=".widget--type-related a",
    byline="div.c-article-contributors",
    section=".c-article-breadcrumbs .active",
    figures=".c-article-image-video",
    caption=".c-article-caption__text",
    credit=re.compile(r" - Copyright (.+)"),
)

SOURCE = Source(
    name="euronews_de",
    title="Euronews (Deutsch)",
    hosts=("de.euronews.com",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2024_04,),
    generic=True,
)

"""Luxemburger Wort, https://www.wort.lu. Layout verified on saved pages from 2025-06 and 2026-07."""

from dataclasses import replace

from parsers.source.definition import Source
from parsers.sources.families.mediahuis import MEDIAHUIS

SOURCE = Source(
    name="wort",
    title="Luxemburger Wort",
    hosts=("wort.lu",),
    language="de",
    timezone="Europe/Luxembourg",
    layouts=(replace(MEDIAHUIS, topics='meta[name="cXenseParse:stp-article_maintag"]'),),
    generic=True,
)

"""Regional papers of Funke: Berliner Morgenpost, Hamburger Abendblatt, Braunschweiger Zeitung and others."""

from dataclasses import replace
from typing import Final

from parsers.source.definition import Layout

_2025_09: Final = Layout(
    "2025-09",
    body=".article-body",
    when="head:not(:has(meta[name=news_keywords]))",
    lead="hgroup + :not(:has(time))",
    drop=".not-prose, .article-body-infobox, h4",  # newsletters, players, galleries, and titles of links
    byline="address",
    topics="[data-test-tags-box] li, [data-test-tags-box-v2] li",
    figures="article figure:not(:has([rel=author]))",
    credit="figcaption span + span",
)
_2024_04: Final = replace(
    _2025_09,
    name="2024-04",
    when=None,
    lead=".article-body > p.font-medium",
    topics="meta[name=news_keywords]",  # with commas, unlike those of JSON-LD
)
FUNKE: Final = (_2025_09, _2024_04)

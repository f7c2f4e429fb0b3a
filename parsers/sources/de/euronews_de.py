"""Euronews (Deutsch), https://de.euronews.com. Layout verified on saved pages from 2024-04 and 2026-01."""

from parsers.source.definition import Layout, Source

_2024_04 = Layout(
    "2024-04",
    body="article .c-article-content",
    lead=".c-article-summary",
    drop=".c-ad, .widget, .connatix-container",
    byline=".c-article-contributors",
    figures=".c-article-image-video",
    caption=".c-article-caption__text",
    credit=".c-article-image-copyright",
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

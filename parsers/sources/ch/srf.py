"""Schweizer Radio und Fernsehen, https://www.srf.ch. Layout verified on saved pages from 2024-04 and 2025-01."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="srf",
    title="Schweizer Radio und Fernsehen",
    hosts=("srf.ch",),
    language="de",
    timezone="Europe/Zurich",
    layouts=(
        Layout(
            "2024-04",
            body="section[itemprop=articleBody]",
            lead="p.article-lead",
            title=".article-title__text",
            caption=".media-caption__description",
            credit=".media-caption__source",
            drop=".expandable-box",
        ),
    ),
    generic=True,
)

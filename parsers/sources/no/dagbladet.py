"""Dagbladet, https://www.dagbladet.no. Layouts verified on saved pages from 2024-08 and 2026-01."""

from dataclasses import replace

from parsers.source.definition import Layout, Source
from parsers.sources.families.labrador import LABRADOR

SOURCE = Source(
    name="dagbladet",
    title="Dagbladet",
    hosts=("dagbladet.no",),
    language="no",
    timezone="Europe/Oslo",
    layouts=(
        replace(LABRADOR, name="2026-01"),
        Layout(
            "2024-08",
            body=".body-copy",
            title="h1",
            lead="header .subtitle",
            drop=".aiArticleSummary, .row, .preview, .jwplayer_video",
            authors=".bylines [rel=author]",
        ),
    ),
    generic=True,
)

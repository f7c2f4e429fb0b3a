"""ABC, https://www.abc.es. Layouts verified on saved pages from 2024-12 and 2026-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="abc",
    title="ABC",
    hosts=("abc.es",),
    language="es",
    timezone="Europe/Madrid",
    discovery=(Feed("https://www.abc.es/rss/2.0/ultima-hora/"), OwnLists()),
    verified="feed named on saved pages from 2025-01 and 2026-04",
    layouts=(
        Layout(
            "2026-04",
            body="article .v-d",
            lead="h2.v-a-s-t",
            drop=".c-text, .v-ath, .v-c-cmp:not(:has(h3)), .v-d-n",
            figures="figure.v-a-fig",
            credit=".v-fc__p",
        ),
        Layout(
            "2024-12",
            body="article .voc-d",
            lead=".voc-article--detail h2.voc-subtitle:not(:has(a))",
            drop=".voc-author, .voc-c-container:not(:has(> h3)), .voc-topics, .voc-btn__container",
            figures=".voc-img-container--w-col-ab",
            credit=".voc-figcaption--author",
        ),
    ),
    generic=True,
)

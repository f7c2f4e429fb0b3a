"""Morgunblaðið, https://www.mbl.is. Layout verified on a saved page from 2025-02."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="mbl",
    title="Morgunblaðið",
    hosts=("mbl.is",),
    language="is",
    timezone="Atlantic/Reykjavik",
    layouts=(
        Layout(
            "2025-02",
            body=".newsitem .main-layout",
            byline=".reporter-line p:first-of-type",
            drop=".newsitem-image, .mbl-news-link, .newsitem-bottom-toolbar",
            related=".mbl-news-link a",
            figures=".newsitem-image",
            caption=".caption",
            credit=".credit",
        ),
    ),
    generic=True,
)

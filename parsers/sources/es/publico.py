"""Público, https://www.publico.es. Layout verified on a saved page from 2025-05."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="publico",
    title="Público",
    hosts=("publico.es",),
    language="es",
    timezone="Europe/Madrid",
    layouts=(
        Layout(
            "2025-05",
            body="#body-modules",
            lead="article [data-original-text-size] p",
            drop=".pb-ads, .main-image",
            figures=".main-image",
            credit=".author",
        ),
    ),
    generic=True,
)

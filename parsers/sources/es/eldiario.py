"""elDiario.es, https://www.eldiario.es. Layout verified on a saved page from 2025-05."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="eldiario",
    title="elDiario.es",
    hosts=("eldiario.es",),
    language="es",
    timezone="Europe/Madrid",
    layouts=(
        Layout(
            "2025-05",
            body=".article-page__body-row .second-col",
            lead=".news-header .footer li:not(.subtitle--hasAnchor)",
            topics="meta[name=keywords]",
            figures=".opening figure, .article-page__body-row figure",
            credit=".author",
        ),
    ),
    generic=True,
)

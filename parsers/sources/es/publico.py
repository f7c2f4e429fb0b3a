"""Público, https://www.publico.es."""

from parsers.source.definition import Source

SOURCE = Source(
    name="publico",
    title="Público",
    hosts=("publico.es",),
    language="es",
    timezone="Europe/Madrid",
)

"""elDiario.es, https://www.eldiario.es."""

from parsers.source.definition import Source

SOURCE = Source(
    name="eldiario",
    title="elDiario.es",
    hosts=("eldiario.es",),
    language="es",
    timezone="Europe/Madrid",
)

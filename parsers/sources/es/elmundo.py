"""El Mundo, https://www.elmundo.es."""

from parsers.source.definition import Source

SOURCE = Source(
    name="elmundo",
    title="El Mundo",
    hosts=("elmundo.es",),
    language="es",
    timezone="Europe/Madrid",
)

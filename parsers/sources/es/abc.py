"""ABC, https://www.abc.es."""

from parsers.source.definition import Source

SOURCE = Source(
    name="abc",
    title="ABC",
    hosts=("abc.es",),
    language="es",
    timezone="Europe/Madrid",
)

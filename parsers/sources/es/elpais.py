"""El País, https://elpais.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="elpais",
    title="El País",
    hosts=("elpais.com",),
    language="es",
    timezone="Europe/Madrid",
)

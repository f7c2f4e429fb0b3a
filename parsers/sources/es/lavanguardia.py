"""La Vanguardia, https://www.lavanguardia.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="lavanguardia",
    title="La Vanguardia",
    hosts=("lavanguardia.com",),
    language="es",
    timezone="Europe/Madrid",
)

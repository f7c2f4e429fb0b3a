"""Het Nieuwsblad, https://www.nieuwsblad.be."""

from parsers.source.definition import Source

SOURCE = Source(
    name="nieuwsblad",
    title="Het Nieuwsblad",
    hosts=("nieuwsblad.be",),
    language="nl",
    timezone="Europe/Brussels",
)

"""Het Nieuwsblad, https://www.nieuwsblad.be. Layout verified on saved pages from 2025-02."""

from parsers.source.definition import Source
from parsers.sources.families.mediahuis import MEDIAHUIS

SOURCE = Source(
    name="nieuwsblad",
    title="Het Nieuwsblad",
    hosts=("nieuwsblad.be",),
    language="nl",
    timezone="Europe/Brussels",
    layouts=(MEDIAHUIS,),
    generic=True,
)

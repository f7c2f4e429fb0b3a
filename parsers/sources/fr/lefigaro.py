"""Le Figaro, https://www.lefigaro.fr."""

from parsers.source.definition import Source

SOURCE = Source(
    name="lefigaro",
    title="Le Figaro",
    hosts=("lefigaro.fr",),
    language="fr",
    timezone="Europe/Paris",
)

"""Le Monde, https://www.lemonde.fr."""

from parsers.source.definition import Source

SOURCE = Source(
    name="lemonde",
    title="Le Monde",
    hosts=("lemonde.fr",),
    language="fr",
    timezone="Europe/Paris",
)

"""Les Echos, https://www.lesechos.fr."""

from parsers.source.definition import Source

SOURCE = Source(
    name="lesechos",
    title="Les Echos",
    hosts=("lesechos.fr",),
    language="fr",
    timezone="Europe/Paris",
)

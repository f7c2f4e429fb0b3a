"""Le Figaro, https://www.lefigaro.fr. Layout verified on a saved page from 2024-11."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="lefigaro",
    title="Le Figaro",
    hosts=("lefigaro.fr",),
    language="fr",
    timezone="Europe/Paris",
    layouts=(
        Layout(
            "2024-11",
            body=".fig-content-body",
            lead=".fig-standfirst",
            byline=".fig-content-metas__authors",
            drop=".fig-crosslinking, .fig-body-link",
            figures="article .fig-media",
            credit=".fig-media__credits",
        ),
    ),
    generic=True,
)

"""Les Echos, https://www.lesechos.fr. Layout verified on a saved page from 2024-07."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="lesechos",
    title="Les Echos",
    hosts=("lesechos.fr",),
    language="fr",
    timezone="Europe/Paris",
    layouts=(
        Layout(
            "2024-07", body=".post-paywall", lead="header h1 ~ p", drop=".post-paywall > div", topics="article header a"
        ),
    ),
    generic=True,
)

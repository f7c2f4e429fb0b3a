"""Le Monde, https://www.lemonde.fr. Layout verified on a saved page from 2023-08."""

import re

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="lemonde",
    title="Le Monde",
    hosts=("lemonde.fr",),
    language="fr",
    timezone="Europe/Paris",
    layouts=(
        Layout(
            "2023-08",
            body="article.article__content",
            lead=".article__desc",
            paywall=".article--restricted",
            drop=".catcher, .inread",
            credit=".article__credit",
            notes=re.compile("Il vous reste .* de cet article à lire"),
        ),
    ),
    generic=True,
)

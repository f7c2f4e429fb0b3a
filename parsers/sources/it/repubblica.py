"""la Repubblica, https://www.repubblica.it. Layout verified on a saved page from 2025-01."""

from parsers.page.metadata import as_texts
from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="repubblica",
    title="la Repubblica",
    hosts=("repubblica.it",),
    language="it",
    timezone="Europe/Rome",
    layouts=(
        Layout(
            "2025-01",
            body="#article-body",
            lead=".story__summary",
            drop=".inline-article",
            topics=lambda page: as_texts(page.metadata.resolved("about")),
        ),
    ),
    generic=True,
)

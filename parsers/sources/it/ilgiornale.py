"""il Giornale, https://www.ilgiornale.it. Layout verified on a saved page from 2025-02."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="ilgiornale",
    title="il Giornale",
    hosts=("ilgiornale.it",),
    language="it",
    timezone="Europe/Rome",
    layouts=(Layout("2025-02", body=".article__content > .typography--content", lead=".article__abstract"),),
    generic=True,
)

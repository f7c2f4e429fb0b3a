"""POLITICO Europe, https://www.politico.eu. Layout verified on saved pages from 2025-10."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="politicoeu",
    title="POLITICO Europe",
    hosts=("politico.eu",),
    language="en",
    timezone="Europe/Brussels",
    layouts=(Layout("2025-10", body=".article__content", lead=".hero__excerpt", topics="meta[name=keywords]"),),
    generic=True,
)

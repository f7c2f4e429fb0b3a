"""Sermitsiaq, https://www.sermitsiaq.ag. Layout verified on a saved page from 2025-02."""

from dataclasses import replace

from parsers.source.definition import Source
from parsers.sources.families.labrador import LABRADOR

SOURCE = Source(
    name="sermitsiaq",
    title="Sermitsiaq",
    hosts=("sermitsiaq.ag",),
    language="da",
    timezone="America/Nuuk",
    layouts=(
        replace(
            LABRADOR, name="2025-02", topics=lambda page: [tag.title() for tag in page.metadata.all("article:tag")]
        ),
    ),
    generic=True,
)

"""Sermitsiaq, https://www.sermitsiaq.ag."""

from parsers.source.definition import Source

SOURCE = Source(
    name="sermitsiaq",
    title="Sermitsiaq",
    hosts=("sermitsiaq.ag",),
    language="da",
    timezone="America/Nuuk",
)

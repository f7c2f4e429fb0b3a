"""Anadolu Ajansı, https://www.aa.com.tr."""

from parsers.source.definition import Source

SOURCE = Source(
    name="aa",
    title="Anadolu Ajansı",
    hosts=("aa.com.tr",),
    language="tr",
    timezone="Europe/Istanbul",
)

"""Aftonbladet, https://www.aftonbladet.se."""

from parsers.source.definition import Source

SOURCE = Source(
    name="aftonbladet",
    title="Aftonbladet",
    hosts=("aftonbladet.se",),
    language="sv",
    timezone="Europe/Stockholm",
)

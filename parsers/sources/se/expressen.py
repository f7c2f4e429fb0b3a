"""Expressen, https://www.expressen.se."""

from parsers.source.definition import Source

SOURCE = Source(
    name="expressen",
    title="Expressen",
    hosts=("expressen.se",),
    language="sv",
    timezone="Europe/Stockholm",
)

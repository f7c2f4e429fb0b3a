"""Tagesspiegel, https://www.tagesspiegel.de."""

from parsers.source.definition import Source

SOURCE = Source(
    name="tagesspiegel",
    title="Tagesspiegel",
    hosts=("tagesspiegel.de",),
    language="de",
    timezone="Europe/Berlin",
)

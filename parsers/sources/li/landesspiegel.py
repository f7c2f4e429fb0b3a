"""Landesspiegel, https://landesspiegel.li."""

from parsers.source.definition import Source

SOURCE = Source(
    name="landesspiegel",
    title="Landesspiegel",
    hosts=("landesspiegel.li",),
    language="de",
    timezone="Europe/Vaduz",
)

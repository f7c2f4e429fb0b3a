"""Landesspiegel, https://landesspiegel.li. Layout verified on saved pages from 2025-06 and 2026-01."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="landesspiegel",
    title="Landesspiegel",
    hosts=("landesspiegel.li",),
    language="de",
    timezone="Europe/Vaduz",
    discovery=(Feed("https://landesspiegel.li/feed/"), OwnLists()),
    verified="feed named on saved pages from 2025-06 and 2026-01",
    layouts=(
        Layout(
            "2025-06",
            body=".entry-content",
            byline=".byline .author",
            drop="[class*=penci-ilr], .penci-post-countview-number-check",
        ),
    ),
    generic=True,
)

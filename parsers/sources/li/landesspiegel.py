"""Landesspiegel, https://landesspiegel.li. Layout verified on saved pages from 2025-06 and 2026-01."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="landesspiegel",
    title="Landesspiegel",
    hosts=("landesspiegel.li",),
    language="de",
    timezone="Europe/Vaduz",
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

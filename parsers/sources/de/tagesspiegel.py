"""Tagesspiegel, https://www.tagesspiegel.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="tagesspiegel",
    title="Tagesspiegel",
    hosts=("tagesspiegel.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2024-04",
            body="#story-elements",
            lead="article div:has(> h1) + p",
            drop="[data-hydrate-props], div:has(> blockquote)",
        ),
    ),
    generic=True,
)

"""Rest of World, https://restofworld.org. Layout verified on saved pages from 2025-10."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="restofworld",
    title="Rest of World",
    hosts=("restofworld.org",),
    language="en",
    timezone="America/New_York",
    layouts=(
        Layout(
            "2025-10",
            body=".post-content",
            drop=".conveyor",
            lead=".post-header__text__dek",
        ),
    ),
    generic=True,
)

"""CBC News, https://www.cbc.ca. Layout verified on saved pages from 2024-08."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="cbc",
    title="CBC News",
    hosts=("cbc.ca",),
    language="en",
    timezone="America/Toronto",
    layouts=(
        Layout(
            "2024-08",
            body="[data-cy=storyWrapper] .story",
            drop=".mediaEmbed, .video-item, .similarLinks",
            lead=".deck",
        ),
    ),
    generic=True,
)

"""CBC News, https://www.cbc.ca. Layout verified on saved pages from 2024-08."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="cbc",
    title="CBC News",
    hosts=("cbc.ca",),
    language="en",
    timezone="America/Toronto",
    layouts=(
        Layout("2024-08", body=".storyWrapper .story, .story", drop=".media-caption, .similarLinks", lead=".deck"),
    ),
    generic=True,
)

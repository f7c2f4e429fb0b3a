"""The i Paper, https://inews.co.uk. Layouts verified on saved pages from 2023-08 and 2025-01."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="inews",
    title="The i Paper",
    hosts=("inews.co.uk",),
    language="en",
    timezone="Europe/London",
    layouts=(
        Layout(
            "2023-08",
            body=".article-content",
            drop="[class^=inews__]",
            lead=".excerpt, .inews__post-excerpt",
        ),
    ),
    generic=True,
)

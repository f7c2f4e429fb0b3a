"""The Citizen, https://www.citizen.co.za. Layout verified on saved pages from 2025-11."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="thecitizen",
    title="The Citizen",
    hosts=("citizen.co.za",),
    language="en",
    timezone="Africa/Johannesburg",
    layouts=(
        Layout(
            "2025-11",
            body=".single-content",
            drop=".read-more-posts-container, .related-posts-container",
            lead=".single-excerpt",
        ),
    ),
    generic=True,
)

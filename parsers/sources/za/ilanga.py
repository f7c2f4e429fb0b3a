"""Ilanga, https://ilanganews.co.za. Layout verified on saved pages from 2025-12."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="ilanga",
    title="Ilanga",
    hosts=("ilanganews.co.za",),
    language="zu",
    timezone="Africa/Johannesburg",
    layouts=(
        Layout(
            "2025-12",
            body=".et_pb_post_content",
            drop=".et_pb_post_content > p:first-of-type:has(> strong)",
            authors=".et_pb_post_content > p:first-of-type > strong",
        ),
    ),
    generic=True,
)

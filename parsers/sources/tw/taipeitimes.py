"""Taipei Times, https://www.taipeitimes.com. Layout verified on saved pages from 2024-10."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="taipeitimes",
    title="Taipei Times",
    hosts=("taipeitimes.com",),
    language="en",
    timezone="Asia/Taipei",
    layouts=(
        Layout(
            "2024-10",
            body=".archives",
            drop=".archives > ul, .imgboxa",
            lead=".archives > h2",
            authors=".archives .name",
        ),
    ),
    generic=True,
)

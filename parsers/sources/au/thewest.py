"""The West Australian, https://thewest.com.au. Layout verified on saved pages from 2024-11."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="thewest",
    title="The West Australian",
    hosts=("thewest.com.au",),
    language="en",
    timezone="Australia/Perth",
    layouts=(Layout("2024-11", body="#ArticleContent"),),
    generic=True,
)

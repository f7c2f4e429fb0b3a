"""Mitteldeutsche Zeitung, https://www.mz.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="mz",
    title="Mitteldeutsche Zeitung",
    hosts=("mz.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout("2024-04", body=".fp-article-body", headings=".fp-subheading", lead=".fp-article-heading__excerpt"),
    ),
    generic=True,
)

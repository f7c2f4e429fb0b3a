"""NDR, https://www.ndr.de. Layout verified on saved pages from 2023-04 and 2025-06."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="ndr",
    title="NDR",
    hosts=("ndr.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2023-04",
            body="article:has(> .preface, > header .preface), article .copytext",
            lead=".preface",
            topics="meta[name=keywords]",
            drop=".lastchanged, .textauthor, .heroelement, .contentbox, .relatedbroadcast, .tagbox, .sblogo, #printbox",
        ),
    ),
    generic=True,
)

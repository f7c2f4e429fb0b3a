"""DIE WELT, https://www.welt.de. Layouts verified on saved pages from 2023-04 and 2024-08."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="welt",
    title="DIE WELT",
    hosts=("welt.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2024-08",
            body=".c-article-page__text .c-rich-text-renderer",
            lead=".c-article-page__intro",
            figures="figure.c-content-image",
            caption=".c-content-image__caption-alt",
            credit=".c-content-image__caption-source",
            topics="meta[name=keywords]",
        ),
        Layout(
            "2023-04",
            body="[itemprop=articleBody]",
            lead=".c-summary__intro",
            drop=".c-inline-element",
            topics="meta[name=keywords]",
        ),
    ),
    generic=True,
)

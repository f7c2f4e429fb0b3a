"""DIE ZEIT, https://www.zeit.de. Layout verified on saved pages from 2023-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="zeit",
    title="DIE ZEIT",
    hosts=("zeit.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2023-04",
            body=".article-page",
            lead=".summary",
            drop=".ad-container, .embed-wrapper",
            topics="meta[name=keywords]",
        ),
    ),
    generic=True,
)

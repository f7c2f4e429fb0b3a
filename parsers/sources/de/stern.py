"""stern, https://www.stern.de. Layout verified on saved pages from 2023-04 and 2024-11."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="stern",
    title="stern",
    hosts=("stern.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2024-11",
            body="article > .article__body",
            lead=".intro",
            byline=".authors__list-item, .authors__text",
            title='meta[property="og:title"]',
            drop=".authors, .feature-bar, .group, .group-inline-gallery, .media, .list-element, .tags, .article__tags",
        ),
    ),
    generic=True,
)

"""ntv, https://www.n-tv.de. Layouts verified on saved pages from 2023-04, 2024-08 and 2025-12."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="ntv",
    title="ntv",
    hosts=("n-tv.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2025-12",
            body="main > article",
            blocks="[class*=storyline_]",
            lead="[class*=storyline_lead]",
            title='meta[property="og:title"]',
        ),
        Layout(
            "2023-04",
            body=".article__text",
            lead=".article__text > p:first-of-type:has(> strong)",
            drop=".article__aside",
            byline=".article__author",
            title='meta[property="og:title"]',
        ),
    ),
    generic=True,
)

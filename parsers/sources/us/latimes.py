"""Los Angeles Times, https://www.latimes.com. Layouts verified on saved pages from 2023-06 and 2024-02."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="latimes",
    title="Los Angeles Times",
    hosts=("latimes.com",),
    language="en",
    timezone="America/Los_Angeles",
    layouts=(
        Layout(
            "2023-06",
            body="article.story [data-element=story-body]",
            drop=".story-stack-item-number, .enhancement",
            title="h1",
            figures="figure.figure",
            caption=".figure-caption",
            credit=".figure-credit",
        ),
    ),
    generic=True,
)

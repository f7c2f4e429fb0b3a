"""Daily Mail, https://www.dailymail.co.uk. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="dailymail",
    title="Daily Mail",
    hosts=("dailymail.co.uk",),
    language="en",
    timezone="Europe/London",
    layouts=(
        Layout(
            "2024-04",
            body="[itemprop=articleBody]",
            drop=".imageCaption, .mol-embed",
            topics=".articleTopicsRow a",
        ),
    ),
    generic=True,
)

"""The Telegraph, https://www.telegraph.co.uk. Layouts verified on saved pages from 2023-08, 2024-03 and 2024-09."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="telegraph",
    title="The Telegraph",
    hosts=("telegraph.co.uk",),
    language="en",
    timezone="Europe/London",
    version=2,
    layouts=(
        Layout(
            "2023-08",
            body="[itemprop=articleBody]",
            drop=".html-embed, .tpl-layout__mobile, .live-post__wrapper-body-timestamp",
            lead="[data-test=standfirst]",
            title="h1",
            section="meta[name='tmgads.channel']",
        ),
    ),
    generic=True,
)

"""DER SPIEGEL, https://www.spiegel.de. Layout verified on saved pages from 2023-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="spiegel",
    title="DER SPIEGEL",
    hosts=("spiegel.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://www.spiegel.de/schlagzeilen/index.rss"), OwnLists()),
    verified="feed named on saved pages from 2023-04",
    layouts=(
        Layout(
            "2023-04",
            body="[data-area=text]",
            lead="header[data-area=intro] .RichText",
            title='meta[property="og:title"]',
            topics="meta[name=news_keywords]",
        ),
    ),
    generic=True,
)

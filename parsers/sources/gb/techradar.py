"""TechRadar, https://www.techradar.com. Layout verified on saved pages from 2026-05."""

import re

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="techradar",
    title="TechRadar",
    hosts=("techradar.com",),
    language="en",
    timezone="Europe/London",
    discovery=(Feed("https://www.techradar.com/feeds.xml"), OwnLists()),
    verified="feed named on saved pages from 2026-05",
    layouts=(
        Layout(
            "2026-05",
            body="#article-body",
            drop=".slice-container, [data-component-name]",
            lead=".strapline",
            notes=re.compile(r"Follow TechRadar "),
        ),
    ),
    generic=True,
)

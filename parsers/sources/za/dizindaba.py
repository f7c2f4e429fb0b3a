"""Dizindaba, https://dizindaba.co.za. Layout verified on saved pages from 2025-11."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="dizindaba",
    title="Dizindaba",
    hosts=("dizindaba.co.za",),
    language="xh",
    timezone="Africa/Johannesburg",
    discovery=(Feed("https://dizindaba.co.za/feed/"), OwnLists()),
    verified="feed named on saved pages from 2025-11",
    layouts=(
        # The pages say English.
        Layout("2025-11", body=".cm-entry-summary", drop=".addtoany_content", language=lambda _: "xh"),
    ),
    generic=True,
)

"""The Namibian, https://www.namibian.com.na. Layouts verified on saved pages from 2023-11 and 2024-02."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="thenamibian",
    title="The Namibian",
    hosts=("namibian.com.na",),
    language="en",
    timezone="Africa/Windhoek",
    discovery=(Feed("https://www.namibian.com.na/feed/"), OwnLists()),
    verified="feed named on saved pages from 2023-11 and 2024-02",
    layouts=(
        Layout("2024-02", body=".post_content", drop=".namps-single-cta"),
        Layout("2023-11", body=".tdb_single_content"),
    ),
    generic=True,
)

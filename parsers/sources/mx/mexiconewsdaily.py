"""Mexico News Daily, https://mexiconewsdaily.com. Layout verified on saved pages from 2025-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="mexiconewsdaily",
    title="Mexico News Daily",
    hosts=("mexiconewsdaily.com",),
    language="en",
    timezone="America/Mexico_City",
    discovery=(Feed("https://mexiconewsdaily.com/feed/"), OwnLists()),
    verified="feed named on saved pages from 2025-04",
    layouts=(Layout("2025-04", body=".tdb_single_content"),),
    generic=True,
)

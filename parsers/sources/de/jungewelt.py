"""junge Welt, https://www.jungewelt.de. Layouts verified on saved pages from 2024-04 and 2026-05."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

_2026_05 = Layout(
    "2026-05",
    body="article .content",
    when="article > h2",
    lead="article > h2",
    drop="div:has(> .Anzeige)",
)
_2024_04 = Layout(
    "2024-04",
    body="article .content",
    lead="article .lead",
    figures="article .image",
    caption=".caption",
    credit=".copyright",
)

SOURCE = Source(
    name="jungewelt",
    title="junge Welt",
    hosts=("jungewelt.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://www.jungewelt.de/feeds/newsticker.rss"), OwnLists()),
    verified="feed named on saved pages from 2024-04 and 2026-05",
    layouts=(_2026_05, _2024_04),
    generic=True,
)

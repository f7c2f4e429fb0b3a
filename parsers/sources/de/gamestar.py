"""GameStar, https://www.gamestar.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

_2024_04 = Layout(
    "2024-04",
    body=".article-content",
    lead=".intro",
    drop=".caption, .info, [data-embed-content], .recirculation-box, .wp-block-wbd-affiliate-widget",
    related=".recirculation-box a",
)

SOURCE = Source(
    name="gamestar",
    title="GameStar",
    hosts=("gamestar.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://www.gamestar.de/rss/gamestar.rss"), OwnLists()),
    verified="feed named on saved pages from 2024-04",
    layouts=(_2024_04,),
    generic=True,
)

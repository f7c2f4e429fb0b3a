"""heise online, https://www.heise.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

_2024_04 = Layout(
    "2024-04",
    body="article .article-content",
    lead=".a-article-header__lead",
    drop=".ad-label, .a-u-inline, .redakteurskuerzel",
    byline=".creator__names",
    figures="article figure",
    caption=".text, .a-caption__text",
    credit=".a-caption__source",
)

SOURCE = Source(
    name="heise",
    title="heise online",
    hosts=("heise.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://www.heise.de/rss/heise-atom.xml"), OwnLists()),
    verified="feed named on saved pages from 2024-04",
    layouts=(_2024_04,),
    generic=True,
)

"""WinFuture, https://winfuture.de. Layout verified on saved pages from 2024-04."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="winfuture",
    title="WinFuture",
    hosts=("winfuture.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://static.winfuture.de/feeds/WinFuture-News-rss2.0.xml"), OwnLists()),
    verified="feed named on saved pages from 2024-04",
    layouts=(Layout("2024-04", body="#news_content", lead=".teaser_text", drop=".metadata, .hmedia"),),
    generic=True,
)

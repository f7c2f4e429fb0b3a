"""Golem.de, https://www.golem.de. Layouts verified on saved pages from 2024-04 and 2025-09."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

_2025_09 = Layout(
    "2025-09",
    body="article.go-article",
    lead=".go-article-header__intro",
    blocks=".go-article-header__intro, .go-richtext > :is(p, h2, h3, h4, blockquote), .go-richtext > :is(ul, ol) > li",
    drop=".go-vh, .go-alink-list",  # words for screen readers, adverts
    byline=".go-article-header__authors",
    figures="article .go-media",
    caption=".go-media__caption",
    credit=".go-media__credit",
)
_2024_04 = Layout(
    "2024-04",
    body="article .formatted",
    lead="article hgroup > p",
    byline=".authors__name",
    figures="article figure.hero",
    caption=".big-image-sub",
    credit=".big-image-lic",
)

SOURCE = Source(
    name="golem",
    title="Golem.de",
    hosts=("golem.de",),
    language="de",
    timezone="Europe/Berlin",
    discovery=(Feed("https://rss.golem.de/rss.php?feed=ATOM1.0"), OwnLists()),
    verified="feed named on saved pages from 2024-04 and 2025-09",
    layouts=(_2025_09, _2024_04),
    generic=True,
)

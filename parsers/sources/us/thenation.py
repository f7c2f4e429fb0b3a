"""The Nation, https://www.thenation.com. Layouts verified on saved pages from 2023-05 and 2024-01."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, OwnLists

SOURCE = Source(
    name="thenation",
    title="The Nation",
    hosts=("thenation.com",),
    language="en",
    timezone="America/New_York",
    discovery=(Feed("https://www.thenation.com/feed/"), OwnLists()),
    verified="feed named on saved pages from 2023-05, 2024-01 and 2024-02",
    layouts=(
        Layout(
            "2024-01",
            body="article.blocks-wrapper",
            drop=".article-title__image-caption, .article-title__eyebrow, .article-title__meta, .ad, .current-issue,"
            " .cta, .popular-articles, .expand-reduce, .article-end",
            lead=".article-title__dek",
        ),
        Layout(
            "2023-05",
            body=".article-body-inner",
            lead=".article-header .subtitle",
            figures="aside.image",
            caption=".caption",
            credit=".credits",
        ),
    ),
    generic=True,
)

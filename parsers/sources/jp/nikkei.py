"""日本経済新聞, https://www.nikkei.com. Layout verified on a saved page from 2025-01."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="nikkei",
    title="日本経済新聞",
    hosts=("nikkei.com",),
    language="ja",
    timezone="Asia/Tokyo",
    layouts=(Layout("2025-01", body="section[data-track-article-content]", drop="div", topics="article header a"),),
    generic=True,
)

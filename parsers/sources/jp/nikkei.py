"""日本経済新聞, https://www.nikkei.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="nikkei",
    title="日本経済新聞",
    hosts=("nikkei.com",),
    language="ja",
    timezone="Asia/Tokyo",
)

"""産経新聞, https://www.sankei.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="sankei",
    title="産経新聞",
    hosts=("sankei.com",),
    language="ja",
    timezone="Asia/Tokyo",
)

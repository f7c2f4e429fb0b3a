"""読売新聞, https://www.yomiuri.co.jp."""

from parsers.source.definition import Source

SOURCE = Source(
    name="yomiuri",
    title="読売新聞",
    hosts=("yomiuri.co.jp",),
    language="ja",
    timezone="Asia/Tokyo",
)

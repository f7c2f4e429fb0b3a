"""毎日新聞, https://mainichi.jp."""

from parsers.source.definition import Source

SOURCE = Source(
    name="mainichi",
    title="毎日新聞",
    hosts=("mainichi.jp",),
    language="ja",
    timezone="Asia/Tokyo",
)

"""中日新聞, https://www.chunichi.co.jp."""

from parsers.source.definition import Source

SOURCE = Source(
    name="chunichi",
    title="中日新聞",
    hosts=("chunichi.co.jp",),
    language="ja",
    timezone="Asia/Tokyo",
)

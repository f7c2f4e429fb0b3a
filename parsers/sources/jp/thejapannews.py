"""The Japan News, https://japannews.yomiuri.co.jp."""

from parsers.source.definition import Source

SOURCE = Source(
    name="thejapannews",
    title="The Japan News",
    hosts=("japannews.yomiuri.co.jp",),
    language="en",
    timezone="Asia/Tokyo",
)

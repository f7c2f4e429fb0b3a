"""日刊ゲンダイ, https://www.nikkan-gendai.com."""

from parsers.source.definition import Source

SOURCE = Source(
    name="nikkangendai",
    title="日刊ゲンダイ",
    hosts=("nikkan-gendai.com",),
    language="ja",
    timezone="Asia/Tokyo",
)

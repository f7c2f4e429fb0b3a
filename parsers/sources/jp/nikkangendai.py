"""日刊ゲンダイ, https://www.nikkan-gendai.com. Layout verified on a saved page from 2025-01."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="nikkangendai",
    title="日刊ゲンダイ",
    hosts=("nikkan-gendai.com",),
    language="ja",
    timezone="Asia/Tokyo",
    layouts=(Layout("2025-01", body="p.full-text", topics=".m-keyword-list2 a"),),
    generic=True,
)

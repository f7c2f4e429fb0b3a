"""読売新聞, https://www.yomiuri.co.jp. Layout verified on a saved page from 2024-12."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="yomiuri",
    title="読売新聞",
    hosts=("yomiuri.co.jp",),
    language="ja",
    timezone="Asia/Tokyo",
    layouts=(Layout("2024-12", topics=".p-related-tags__list a"),),
    generic=True,
)

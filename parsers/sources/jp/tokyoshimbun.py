"""東京新聞, https://www.tokyo-np.co.jp."""

from parsers.source.definition import Source

SOURCE = Source(
    name="tokyoshimbun",
    title="東京新聞",
    hosts=("tokyo-np.co.jp",),
    language="ja",
    timezone="Asia/Tokyo",
)

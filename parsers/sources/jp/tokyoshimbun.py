"""東京新聞, https://www.tokyo-np.co.jp. Layout verified on a saved page from 2025-01."""

from parsers.source.definition import Source
from parsers.sources.families.chunichi import CHUNICHI

SOURCE = Source(
    name="tokyoshimbun",
    title="東京新聞",
    hosts=("tokyo-np.co.jp",),
    language="ja",
    timezone="Asia/Tokyo",
    layouts=(CHUNICHI,),
    generic=True,
)

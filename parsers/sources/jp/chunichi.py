"""中日新聞, https://www.chunichi.co.jp. Layout verified on a saved page from 2025-01."""

from parsers.source.definition import Source
from parsers.sources.families.chunichi import CHUNICHI

SOURCE = Source(
    name="chunichi",
    title="中日新聞",
    hosts=("chunichi.co.jp",),
    language="ja",
    timezone="Asia/Tokyo",
    layouts=(CHUNICHI,),
    generic=True,
)

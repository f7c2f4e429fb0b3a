"""매일경제, https://www.mk.co.kr. Layout verified on a saved page from 2025-06."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="maeil",
    title="매일경제",
    hosts=("mk.co.kr", "mbn.co.kr"),
    language="ko",
    timezone="Asia/Seoul",
    layouts=(Layout("2025-06", body=".news_cnt_detail_wrap", lead=".midtitle_text", headings=".border_org"),),
    generic=True,
)

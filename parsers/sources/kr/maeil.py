"""매일경제, https://www.mk.co.kr."""

from parsers.source.definition import Source

SOURCE = Source(
    name="maeil",
    title="매일경제",
    hosts=("mk.co.kr", "mbn.co.kr"),
    language="ko",
    timezone="Asia/Seoul",
)

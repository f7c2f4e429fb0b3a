"""人民网, http://www.people.cn."""

from parsers.source.definition import Source

SOURCE = Source(
    name="people",
    title="人民网",
    hosts=("people.com.cn", "people.cn"),
    language="zh",
    timezone="Asia/Shanghai",
)

"""LBCI, https://www.lbcgroup.tv."""

from parsers.source.definition import Source

SOURCE = Source(
    name="lbcgroup",
    title="LBCI",
    hosts=("lbcgroup.tv",),
    language="ar",
    timezone="Asia/Beirut",
)

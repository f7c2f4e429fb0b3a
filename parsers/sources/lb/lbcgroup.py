"""LBCI, https://www.lbcgroup.tv. Layout verified on a saved page from 2026-01."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="lbcgroup",
    title="LBCI",
    hosts=("lbcgroup.tv",),
    language="ar",
    timezone="Asia/Beirut",
    layouts=(Layout("2026-01", body="[itemprop=articleBody] .LongDesc", title="meta[property='og:title']"),),
    generic=True,
)

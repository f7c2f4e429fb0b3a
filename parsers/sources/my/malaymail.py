"""Malay Mail, https://www.malaymail.com. Layout verified on saved pages from 2024-11."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="malaymail",
    title="Malay Mail",
    hosts=("malaymail.com",),
    language="en",
    timezone="Asia/Kuala_Lumpur",
    layouts=(Layout("2024-11", body=".article-body"),),
    generic=True,
)

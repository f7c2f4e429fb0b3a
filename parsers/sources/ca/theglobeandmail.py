"""The Globe and Mail, https://www.theglobeandmail.com. Layout verified on saved pages from 2024-08."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="theglobeandmail",
    title="The Globe and Mail",
    hosts=("theglobeandmail.com",),
    language="en",
    timezone="America/Toronto",
    layouts=(Layout("2024-08", body="article.l-article", drop=".article-toolbar, .rawHtml"),),
    generic=True,
)

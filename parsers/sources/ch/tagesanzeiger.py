"""Tages-Anzeiger, https://www.tagesanzeiger.ch. Layout verified on saved pages from 2024-09 and 2026-05."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="tagesanzeiger",
    title="Tages-Anzeiger",
    hosts=("tagesanzeiger.ch",),
    language="de",
    timezone="Europe/Zurich",
    layouts=(
        Layout(
            "2024-09",
            body="main > article",
            figures="figure[class*=ArticleImage]",
            blocks="[class*=ArticleParagraph], .articleParagraph, [class*=CrossheadElement], .crosshead, .SummaryList",
            lead="[class*=ContentHead_lead], .ContentHead .lead",
            title='meta[property="og:title"]',
        ),
    ),
    generic=True,
)

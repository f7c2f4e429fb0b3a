"""Stuttgarter Zeitung, https://www.stuttgarter-zeitung.de. Layouts verified on saved pages from 2025-10 and 2026-07."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="stuttgarterzeitung",
    title="Stuttgarter Zeitung",
    hosts=("stuttgarter-zeitung.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(
        Layout(
            "2026-07",
            body="article.u-article",
            blocks=".u-row, .u-paragraph, .u-headline",
            lead=".u-article-header > .fw-normal",
        ),
        Layout(
            "2025-10",
            body=".article-body",
            lead=".intro-text",
            drop=".recoTeaserContainer, .article-details",
            title='meta[property="og:title"]',
        ),
    ),
    generic=True,
)

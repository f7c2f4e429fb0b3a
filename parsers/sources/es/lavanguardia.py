"""La Vanguardia, https://www.lavanguardia.com. Layouts verified on saved pages from 2025-01 and 2026-07."""

from parsers.source.definition import Layout, Source
from parsers.source.discovery import NewsSitemap, OwnLists

SOURCE = Source(
    name="lavanguardia",
    title="La Vanguardia",
    hosts=("lavanguardia.com",),
    language="es",
    timezone="Europe/Madrid",
    discovery=(NewsSitemap("https://www.lavanguardia.com/sitemap-google-news.xml"), OwnLists()),
    verified="news sitemap named on saved pages from 2025-01 and 2026-07",
    layouts=(
        Layout(
            "2026-07",
            body=".article_story",
            lead="h2.subtitle",
            drop=".media, .information, .highlight--quote, .highlight .epigraph, .related, .signature, .tags",
            topics=".tags a",
        ),
        Layout(
            "2025-01",
            body=".article-modules",
            lead="h2.epigraph",
            drop=".content-related, .authors-signature-container",
            credit=".caption-author",
        ),
    ),
    generic=True,
)

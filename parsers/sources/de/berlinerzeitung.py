"""Berliner Zeitung, https://www.berliner-zeitung.de. Layouts verified on saved pages from 2023-04 and 2026-05."""

from parsers.source.definition import Layout, Source

_2026_05 = Layout(
    "2026-05",
    body="article .prose",
    lead="#article-title + p",
    blocks=".prose > :is(p, h2, h3, h4, blockquote), .prose > :is(ul, ol) > li",
    topics='.prose a[href^="/category/"]',
)
_2023_04 = Layout(
    "2023-04",
    body="[data-testid=articleBody]",
    lead="[class^=article_header-lead]",
    drop="[class^=article_teasers], [class^=infobox]",
    byline="[data-testid=author-section]",
    figures="[class^=article_image-container__]",
    caption="[class*=image-container-caption]",
    credit="[class*=image-container-source]",
)

SOURCE = Source(
    name="berlinerzeitung",
    title="Berliner Zeitung",
    hosts=("berliner-zeitung.de",),
    language="de",
    timezone="Europe/Berlin",
    layouts=(_2026_05, _2023_04),
    generic=True,
)

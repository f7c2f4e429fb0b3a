"""20 Minuten, https://www.20min.ch. Layout verified on saved pages from 2024-12 and 2025-11."""

from parsers.source.definition import Layout, Source

SOURCE = Source(
    name="zwanzigminuten",
    title="20 Minuten",
    hosts=("20min.ch",),
    language="de",
    timezone="Europe/Zurich",
    layouts=(
        Layout(
            "2024-12",
            body="article > section",
            lead="header [type=lead], header [class*=elementLead]",
            credit="figcaption > span + span",
            title='meta[property="og:title"]',
            drop="[data-testid=InfoBox]:not(:has(ul)), [data-testid=InfoBox] h3, div:has(> div > label)",
        ),
    ),
    generic=True,
)

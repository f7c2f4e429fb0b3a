"""Magazines of Condé Nast: Vogue, Wired, The New Yorker."""

from typing import Final

from parsers.source.definition import Layout

CONDE_NAST: Final = Layout(
    "2024-04",
    body="[data-testid=BodyWrapper]",
    lead="[class*=HeaderDek]",
    headings="[role=heading]",
    drop="[data-testid^=external-link-embed], [data-testid=feature-large-callout]",  # a callout has products and prices
    caption=".caption__text",
    credit=".caption__credit",
    topics="meta[name=keywords]",  # JSON-LD adds words for machines
)

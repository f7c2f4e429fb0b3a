<<<<<<< HEAD
"""Magazines of Condé Nast: Vogue, Wired, The New Yorker."""
=======
"""The magazines of Condé Nast."""
>>>>>>> 4d96b15 (Read the sources of us, gb, ca and others by layouts)

from typing import Final

from parsers.source.definition import Layout

CONDE_NAST: Final = Layout(
<<<<<<< HEAD
    "2024-04",
    body="[data-testid=BodyWrapper]",
    lead="[class*=HeaderDek]",
    drop="[data-testid^=external-link-embed]",
    caption=".caption__text",
    credit=".caption__credit",
    topics="meta[name=keywords]",  # JSON-LD adds words for machines
=======
    "2023-05",
    body="article .body__inner-container",
    headings="[role=heading]",
    lead="[class*=ContentHeaderDek]",
    topics="meta[name=keywords]",
    related=".inline-recirc-wrapper a",
>>>>>>> 4d96b15 (Read the sources of us, gb, ca and others by layouts)
)

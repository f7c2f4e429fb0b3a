"""Papers of Mediahuis: Het Nieuwsblad, Luxemburger Wort."""

from typing import Final

from parsers.source.definition import Layout

MEDIAHUIS: Final = Layout(
    "2025-02",
    body="[data-testid=article-body]",
    lead="[data-testid=article-intro]",
    drop="[class*=pull-quote], [class*=RelatedTeaser], [class*=Paper_paper]",
)

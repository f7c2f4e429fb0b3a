"""The papers of Reach plc, Great Britain."""

from typing import Final

from parsers.source.definition import Layout

_2026: Final = Layout(
    "2026-01",
    body="article[data-testid=body]",
    drop="[data-testid=byline], [data-testid=image-group], [data-testid^=commercial], [data-testid*=recommended]",
    lead="[data-testid=leadtext]",
)
_2024: Final = Layout(
    "2024-04",
    body=".article-body[itemprop=articleBody]",
    # Of a live blog, the times and authors of its posts.
    drop=".read-more-links, .image-container, [data-embed-group], .entry-info",
    lead="[itemprop=description]",
)
REACH: Final = (_2026, _2024)

"""Papers of Reach plc, Great Britain: Daily Mirror, Daily Star."""

import re
from dataclasses import replace
from typing import Final

from parsers.source.definition import Layout

_2026: Final = Layout(
    "2026-01",
    body="article[data-testid=body]",
    drop="[data-testid=byline], [data-testid^=commercial], [data-testid^=recommended]",
    lead="[data-testid=leadtext]",
    notes=re.compile(r".*(?:\bnewsletter\b|@reachplc\.com)"),
)
_2024: Final = replace(
    _2026,
    name="2024-04",
    body=".article-body[itemprop=articleBody]",
    drop=".image-container figcaption, .entry-info",  # of a live blog, times and authors of its posts
    lead="p[itemprop=description]",
)
REACH: Final = (_2026, _2024)

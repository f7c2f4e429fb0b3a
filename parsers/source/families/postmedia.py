"""The papers of Postmedia, Canada."""

import re
from typing import Final

from parsers.page.metadata import as_texts
from parsers.page.page import Page
from parsers.source.definition import Layout

# Sections that every paper has, papers that share the story, and desks; `NLP Category` is a machine's guess.
_ROUTING: Final = re.compile(r"News|Canada|World|Travel|Curated|Newsroom daily|NLP Category:.*|\w+ Sun")
_LABEL: Final = re.compile(r"(?:Category|NLP Entity Tokens): ")


def _topics(page: Page) -> list[str]:
    """Keywords without their labels."""
    named = (_LABEL.sub("", name) for name in as_texts(page.metadata.article.get("keywords")))
    return [name for name in named if not _ROUTING.fullmatch(name)]


POSTMEDIA: Final = Layout(
    "2024-08",
    body="article .article-content__content-group--story",
    # The label says `Article content` to those who cannot see the page.
    drop=".visually-hidden, .screen-reader-text, .article-content__widget-group, .article-content__ad-group,"
    " .wp-block-image, .featured-image, .video-wrapper, [data-aqa*=recommended], .ad__section-border",
    lead=".article-subtitle",
    topics=_topics,
)

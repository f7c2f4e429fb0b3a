"""Papers of Postmedia, Canada: National Post, Financial Post, and those of its cities."""

import re
from typing import Final

from parsers.page.metadata import as_texts
from parsers.page.page import Page
from parsers.source.definition import Layout

# Sections that all papers have, desks, and papers that share the story; `NLP Category` is guessed by a machine.
_ROUTING: Final = re.compile(r"News|Canada|World|Travel|Curated|Newsroom daily|NLP Category: .*|\w+ Sun")
_LABEL: Final = re.compile(r"^(?:Category|NLP Entity Tokens): ")


def _topics(page: Page) -> list[str]:
    """Keywords without their labels."""
    named = as_texts(page.metadata.article.get("keywords"))
    unlabelled = (_LABEL.sub("", name) for name in named)
    return [name for name in unlabelled if not _ROUTING.fullmatch(name)]


POSTMEDIA: Final = Layout(
    "2024-08",
    body="article > .article-content__content-group--story, article .story-v2-block-content",
    # Labels for those who do not see the page, videos, links, forms and offers.
    drop=".visually-hidden, .featured-video, .featured-video__jw-strategy-title, .video-fallback, .article-block,"
    " .more-topic, .js-widget-content",
    related=".more-topic a",
    lead=".article-subtitle",
    topics=_topics,
    caption=".caption",
    credit=".credit",
    notes=re.compile(r"Our website is |.*@postmedia\.com"),
)

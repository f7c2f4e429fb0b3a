"""The Times of India, https://timesofindia.indiatimes.com. Layouts verified on saved pages from 2024-09 and 2026-04."""

import re

from parsers.page.metadata import keywords
from parsers.page.page import Page
from parsers.source.definition import Layout, Source

_BREAK = re.compile(r'<br>|<span class="[^"]*\bbr\b[^"]*"[^>]*></span>')
_SEARCHED = re.compile(r"\bnews\b", re.I)  # keywords for search engines: `Delhi news today`


def _story(page: Page) -> str:
    """Summary and body, in which a single break ends a paragraph."""
    parts = page.tree.css(".art_synopsis, [data-articlebody]")
    return _BREAK.sub("<br><br>", "".join(part.html or "" for part in parts))


def _topics(page: Page) -> list[str]:
    return [name for name in keywords(page.metadata.all("keywords")) if not _SEARCHED.search(name)]


SOURCE = Source(
    name="timesofindia",
    title="The Times of India",
    hosts=("timesofindia.indiatimes.com",),
    language="en",
    timezone="Asia/Kolkata",
    layouts=(
        Layout(
            "2024-09",
            body="[data-articlebody]",
            lead=".art_synopsis",
            html=_story,
            topics=_topics,
            title="h1",
            notes=re.compile(r"Get real-time updates|You Can Also Check"),
        ),
    ),
    generic=True,
)
